"""What happens when something breaks while the program works: bad input, full disks, ends of all kinds."""
