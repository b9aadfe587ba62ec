"""Reports: what happened over a period, as figures whose definitions are declared and whose rows can be looked at."""
