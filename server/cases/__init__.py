"""What customers read about their cases."""
