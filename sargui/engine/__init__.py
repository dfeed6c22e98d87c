"""Fourth floor: whole jobs as plain functions (request, report, cancel) -> result; where the rooms meet."""
