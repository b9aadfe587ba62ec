"""Starting, watching and stopping the processes of Relais on one machine."""
