"""What somebody has done elsewhere: a course that a resident took with another provider.

They say so and send in the document that shows it (`reporting`), and a director of studies of their area, or a
coordinator, confirms or declines it (`deciding`). `documents` closes and opens what was sent in, `shown` is what
pages read, and `forgetting` takes it away.
"""
