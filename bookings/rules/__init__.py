"""What must hold of seats: pure rules, facts in and verdict or plan out."""
