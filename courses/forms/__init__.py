"""The forms of the courses room, their shape only: `searching`, `course` and `session`, and their common `fields`."""
