-- An item is one recording, from the moment it is asked for.
CREATE TABLE item (
    id              INTEGER PRIMARY KEY AUTOINCREMENT, -- never given twice
    created_ms      INTEGER NOT NULL,                  -- since 1970, UTC
    source          ANY     NOT NULL,                  -- path: text, or the bytes of one that is none
    name            TEXT    NOT NULL,
    origin          TEXT    NOT NULL,                  -- file, recording, dictation
    model           TEXT    NOT NULL,
    asked_language  TEXT,                              -- as asked for; NULL lets the model tell
    context         TEXT    NOT NULL,
    state           TEXT    NOT NULL,                  -- waiting, running, done, failed, cancelled, interrupted
    failure_code    TEXT,
    failure_message TEXT,
    starred         INTEGER NOT NULL DEFAULT 0,
    duration_ms     INTEGER,
    heard_until_ms  INTEGER NOT NULL DEFAULT 0,        -- everything before is in the segments
    deleted_ms      INTEGER,                           -- since 1970, UTC; NULL when it was not
    n_words         INTEGER NOT NULL DEFAULT 0,        -- of the segments
    languages       TEXT    NOT NULL DEFAULT '',       -- of the segments, each once, comma-joined
    warnings        TEXT    NOT NULL DEFAULT '[]'      -- JSON list
) STRICT;
CREATE INDEX item_created ON item (created_ms, id);
CREATE INDEX item_running ON item (state) WHERE state = 'running';

-- id = item << 20 | slot. Slots fall as time goes on, so ids in falling order are the newest item
-- first, and the segments of an item as they were spoken.
CREATE TABLE segment (
    id       INTEGER PRIMARY KEY,
    item     INTEGER NOT NULL REFERENCES item (id) ON DELETE CASCADE,
    start_ms INTEGER NOT NULL,
    end_ms   INTEGER NOT NULL,
    text     TEXT    NOT NULL,
    language TEXT    NOT NULL,
    timing   TEXT    NOT NULL, -- aligned, estimated, piece, given
    speaker  TEXT,
    words    BLOB    NOT NULL  -- packed, see packed.rs
) STRICT;
CREATE INDEX segment_item ON segment (item);

-- What the machine heard, kept when a person first changes the text.
CREATE TABLE heard (
    item INTEGER PRIMARY KEY REFERENCES item (id) ON DELETE CASCADE,
    text TEXT NOT NULL
) STRICT;

-- The search index: rowid is the id of a segment, or item << 20 for the name of an item. The
-- words of this index are the n-grams of one, two and three characters of search/ngram_index.rs.
CREATE VIRTUAL TABLE grams USING fts5 (text, content = '', contentless_delete = 1, tokenize = 'ascii');
