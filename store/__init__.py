"""The truth, kept with care: streams of events, bodies, checkpoints, rejects and deliveries in one SQL database.

It promises one commit per unit of work, positions in commit order, a chain of hashes over everything
recorded, and the same behaviour on SQLite and on PostgreSQL. It does not know what an event means, nor
what a body is a picture of. Open `store.unit_of_work.Database` to begin.

    errors         what can go wrong, sorted by what the caller does next
    unit_of_work   Database and Transaction: the way in
    events         the values: EventData before recording, RecordedEvent after
    event_store    append and read
    hash_chain     find what was changed behind our back
    snapshots      content-addressed bodies
    integrity      find what is wrong with the database around all that
    consumers      checkpoints of the ledger's readers
    quarantine     what could not be taken in, kept with its reason
    sightings      sights of a content that added nothing
    runs           what each run did, and whether it is complete
    cursors        where those who read on from elsewhere stand
    leases         who alone may do a named thing now
    holders        which process that is, and whether it has ended
    kept_lease     a lease that is renewed while it is needed
    held           what a run observed and did not dare to record, kept whole until it is released
    addresses      where deliveries go, in clear, with their secrets, until they are forgotten
    deliveries     the values: one message to one address, its attempts
    outbox         what is to be delivered, and what became of it
    claiming       deliveries that are due pass to one holder for a time
    settling       what became of them
    announcement   what a transaction tells those who wait, once it commits
    waking         who waits for that goes on at once
    pruning        what is deleted of them when they are old
    copying        everything that is stored, from one database into another
    ledger_files   ledgers as whole files: copied by pages, closed for keeping
    tellings       which conditions were told, so that each is told once
"""
