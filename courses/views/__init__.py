"""The pages of the courses room: `catalogue` for everybody, `desk` and `desk_sessions` for coordinators."""
