"""What several tests need: servers, databases, dumps, schemas that nobody here wrote."""
