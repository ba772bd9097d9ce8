"""The one memory: facts, intents, enrollments. Every public method is one transaction."""
