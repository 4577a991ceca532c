-- EXCLUDE: at most one row that overlaps, in a group or at all.
-- needs: btree_gist
CREATE TABLE room (id integer PRIMARY KEY, name text NOT NULL);
CREATE TABLE booking (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  room_id integer NOT NULL REFERENCES room,
  during tstzrange NOT NULL,
  title text,
  EXCLUDE USING gist (room_id WITH =, during WITH &&)
);
CREATE TABLE assignment (
  id integer PRIMARY KEY,
  room_id integer NOT NULL REFERENCES room,
  bed integer NOT NULL,
  valid_from date NOT NULL,
  valid_to date,
  cancelled boolean NOT NULL,
  CONSTRAINT assignment_apart EXCLUDE USING gist
    (room_id WITH =, bed WITH =, daterange(valid_from, valid_to, '[)') WITH &&) WHERE (NOT cancelled)
);
-- Nothing that owns it: the group is a column like others.
CREATE TABLE price (
  id integer PRIMARY KEY,
  code varchar(10) NOT NULL,
  span daterange NOT NULL,
  amount numeric(8,2) NOT NULL,
  EXCLUDE USING gist (code WITH =, span WITH &&)
);
CREATE TABLE price_list (
  plan text NOT NULL CHECK (plan IN ('basic', 'extra')), span int4range NOT NULL, note text,
  EXCLUDE USING gist (plan WITH =, span WITH &&)
);
CREATE TABLE whole (span tsrange NOT NULL, note text, EXCLUDE USING gist (span WITH &&));
CREATE TABLE optional_span (id integer PRIMARY KEY, room_id integer REFERENCES room, span int8range,
  EXCLUDE USING gist (room_id WITH =, span WITH &&));
-- By equality alone it is a unique constraint, and by no group at all too.
CREATE TABLE only_equal (id integer PRIMARY KEY, a integer NOT NULL, b text NOT NULL, EXCLUDE (a WITH =, b WITH =));
CREATE TABLE stay (
  room_id integer NOT NULL REFERENCES room, entered timestamptz NOT NULL, left_at timestamptz NOT NULL CHECK (left_at > entered),
  EXCLUDE USING gist (room_id WITH =, tstzrange(entered, left_at) WITH &&)
);
