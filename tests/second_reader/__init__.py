"""A second reader, written from the documents alone, and the test that holds the documents to their word."""
