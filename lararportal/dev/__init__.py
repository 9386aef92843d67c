"""Everything on one machine: the servers, the sign-in provider and the mail sink that a developer needs.

The story in order: `supervisor` opens the `data` folder and the port, answers there from the `waiting_room` while
it starts `postgres` and `redis`, migrates, starts the `provider` (where the demonstration people of `people` sign
in) and the mail `sink`, builds the demonstration term, and hands the port over to the web processes. `letters`
shows in the browser what the sink has received.

Every process is a `program`: started through the `leash`, so that it ends with its parent even when that one is
killed, and started again when it dies. Nothing here may run in production.
"""
