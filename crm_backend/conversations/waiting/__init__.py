"""What customers may have while they wait for a person, and are told when nobody is there."""
