"""The panels at the sides and the bottom: facts, settings, result, progress; they never see pixels."""
