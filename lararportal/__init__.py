"""The house: what every room stands on.

The ground floor knows nobody's business. What differs between installations is read by `config`: the `providers` that
people sign in through, the steps of a fee (`fee_steps`), how long something is `kept`. What of it cannot be meant is
said by `contradictions` and `inner_tls`. `clock` tells the time.

Rows. `db` opens transactions, and `database_faults` says what it means when one fails; `cursors` asks it, `columns`
reads answers that are no rows, `paging` one page of a long list; `alike` writes many rows at once, `added` those that
are only added. `schema` moves the tables, `revisions` says where they stand, `rights` is what the portal may do in
the database, `checks` are what must hold of what lies there, and `backup/` keeps it as one file.

What is done and told. `errors` holds the polite refusal, `journal` remembers who did what, and `seals` binds that so
that no change stays unseen. `outbox` stores letters with the deed that caused them, `mail` speaks SMTP, `unsaid` is
what letters say no more. `sealing` closes what nobody may read, `personal_number` finds what must be shown to nobody,
and `logs` writes nothing of either.

Pages and files. `edge` is what every view, job and command shares; `doorway` says by which name the portal is asked,
`headers` what every answer tells browsers. `pages` renders, `rendering` says what all templates know, `parts`
remembers what pages say again and again, `assets` are files that browsers keep. `forms` is the base of every form,
`forms_sent` does the deed of one that was sent in, and `lines` is what may stand in a text that is typed or read from
a file. `calendars`, `spreadsheets` and `typeset` write files, and `downloads` hands them out.

Processes. `parting` lays out what they share before they part, `together` begins those of one host, and by `leash`
one ends with who began it. `counted` is what they count, and `heartbeat` when the tick last lived.

The top floor puts it together. `app` makes the Flask application: `home` is its front door, `pace` and `uploads` ask
how fast and how much somebody sends, `journal_log/` and `letter_log/` are pages for coordinators. `web` serves it,
`workers` is what the queue may call, `tick` does what is due, and `retention` lets go what was kept for its time.
`measures` says how all of it is, and `audit/` whether it holds. `migrations/` lead from one schema to the next,
`cli/` is the command line, `dev/` starts everything on one machine and `demo/` fills it with a believable term.
"""
