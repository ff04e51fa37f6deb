"""The nouns of direct mail and the rules between them: plain Python, no database, no network, no framework."""
