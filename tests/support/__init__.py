"""What tests share: real stores, a running server, a scripted or a real assistant, a customer and an agent."""
