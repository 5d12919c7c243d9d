CREATE TABLE orders (
    id         TEXT PRIMARY KEY,
    amount     INTEGER NOT NULL CHECK (amount > 0),
    status     TEXT NOT NULL,
    charge_key TEXT UNIQUE
) STRICT;
