"""The house: what every room stands on.

The ground floor knows nobody's business: `config` reads the settings, `clock` tells the time, `db` opens
transactions, `cursors` reads answers, `alike` writes many rows at once, `added` those that are only added, `errors`
holds the polite refusal, `journal` remembers who did what, `seals` binds that so that no change stays unseen,
`rights` is what the portal may do in the database, `outbox` stores letters with the deed that caused them, `pages`
renders, `mail` speaks SMTP and `calendars` writes iCalendar. `forms` is the base of every form, `lines` what may
stand in a text that is typed or read from a file, and `parts` remembers what pages say again and again.

The top floor puts it together: `app` makes the Flask application, `workers` is what the queue may call, `tick`
does what is due, `cli` is the command line, `dev/` starts everything on one machine and `demo/` fills it with a
believable term.
"""
