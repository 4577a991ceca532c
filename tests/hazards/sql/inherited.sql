-- Partitioning of old: children that inherit and divide the rows by CHECKs, and a trigger that sends
-- rows to them; a parent that others point at, and children without a trigger, are tables like others.
CREATE TABLE item (id integer PRIMARY KEY CHECK (id BETWEEN 1 AND 40), label text NOT NULL);
CREATE TABLE reading (
  id integer NOT NULL, subject integer NOT NULL, item integer NOT NULL, at timestamp, v double precision
);
CREATE TABLE subject (id integer PRIMARY KEY, name text NOT NULL);
ALTER TABLE reading ADD FOREIGN KEY (subject) REFERENCES subject, ADD FOREIGN KEY (item) REFERENCES item;
CREATE TABLE reading_1 (CHECK (item >= 1 AND item < 20)) INHERITS (reading);
CREATE TABLE reading_2 (CHECK (item >= 20 AND item < 30)) INHERITS (reading);
CREATE TABLE reading_3 (CHECK (item >= 30), PRIMARY KEY (id)) INHERITS (reading);
CREATE INDEX ON reading_1 (item);
CREATE FUNCTION reading_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.item >= 1 AND NEW.item < 20 THEN INSERT INTO reading_1 VALUES (NEW.*);
  ELSIF NEW.item < 30 THEN INSERT INTO reading_2 VALUES (NEW.*);
  ELSE INSERT INTO reading_3 VALUES (NEW.*);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER reading_insert BEFORE INSERT ON reading FOR EACH ROW EXECUTE FUNCTION reading_insert();
-- By date, and by a rule that nobody asked for.
CREATE TABLE note (id integer NOT NULL, written date NOT NULL, body text);
CREATE TABLE note_2023 (CHECK (written >= DATE '2023-01-01' AND written < DATE '2024-01-01')) INHERITS (note);
CREATE TABLE note_2024 (CHECK (written >= DATE '2024-01-01' AND written < DATE '2025-01-01')) INHERITS (note);
CREATE FUNCTION note_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE 'INSERT INTO note_' || extract(year FROM NEW.written) || ' SELECT ($1).*' USING NEW;
  RETURN NULL;
END $$;
CREATE TRIGGER note_insert BEFORE INSERT ON note FOR EACH ROW EXECUTE FUNCTION note_insert();
ALTER TABLE note ENABLE ALWAYS TRIGGER note_insert;
-- A parent with rows of its own: something points at it.
CREATE TABLE vessel (id integer PRIMARY KEY, kind text NOT NULL);
CREATE TABLE ship (CHECK (kind = 'ship'), tons integer) INHERITS (vessel);
CREATE FUNCTION vessel_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN IF NEW.kind = 'ship' THEN INSERT INTO ship VALUES (NEW.*); RETURN NULL; END IF; RETURN NEW; END $$;
CREATE TRIGGER vessel_insert BEFORE INSERT ON vessel FOR EACH ROW EXECUTE FUNCTION vessel_insert();
CREATE TABLE voyage (id integer PRIMARY KEY, vessel_id integer NOT NULL REFERENCES vessel);
