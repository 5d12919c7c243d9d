CREATE TABLE stock (
    sku      TEXT PRIMARY KEY,
    quantity INTEGER NOT NULL CHECK (quantity >= 0)
) STRICT;

CREATE TABLE orders (
    id         TEXT PRIMARY KEY,
    sku        TEXT NOT NULL REFERENCES stock (sku),
    quantity   INTEGER NOT NULL CHECK (quantity > 0),
    amount     INTEGER NOT NULL CHECK (amount > 0),
    status     TEXT NOT NULL,
    charge_key TEXT UNIQUE
) STRICT;

CREATE TABLE history (
    order_id TEXT NOT NULL REFERENCES orders (id),
    event    TEXT NOT NULL,
    UNIQUE (order_id, event)
) STRICT;
