"""Fifth floor: the command line. Speaks to engine and core alone, and starts without torch."""
