-- Foreign keys with a CHECK on their column: each takes a part of the parent's rows.
CREATE TABLE kind (id integer PRIMARY KEY, name text NOT NULL);
CREATE TABLE code (code varchar(6) PRIMARY KEY, name text);
CREATE TABLE drug (id integer PRIMARY KEY, kind_id integer NOT NULL REFERENCES kind CHECK (kind_id BETWEEN 10 AND 12));
CREATE TABLE device (id integer PRIMARY KEY, kind_id integer REFERENCES kind CHECK (kind_id >= 12 AND kind_id < 130));
CREATE TABLE gift (id integer PRIMARY KEY, kind_id integer NOT NULL REFERENCES kind CHECK (kind_id IN (7, 9)));
CREATE TABLE thing (id integer PRIMARY KEY, kind_id integer NOT NULL REFERENCES kind);
CREATE TABLE answer (id integer PRIMARY KEY, code varchar(10) NOT NULL REFERENCES code CHECK (code IN ('yes', 'no')));
CREATE TABLE question (id integer PRIMARY KEY, code varchar(10) REFERENCES code CHECK (code IN ('yes', 'open')));
CREATE DOMAIN high AS integer CHECK (VALUE > 500);
CREATE TABLE scarce (id integer PRIMARY KEY, kind_id high NOT NULL REFERENCES kind);
-- Partitioning of old by the column of a key.
CREATE TABLE item (itemid integer PRIMARY KEY, label text);
CREATE TABLE chart (id integer NOT NULL, itemid integer REFERENCES item, value numeric(8,2));
CREATE TABLE chart_1 (CHECK (itemid >= 1 AND itemid < 200)) INHERITS (chart);
CREATE TABLE chart_2 (CHECK (itemid >= 200 AND itemid < 210)) INHERITS (chart);
CREATE TABLE chart_3 (CHECK (itemid >= 210)) INHERITS (chart);
CREATE FUNCTION into_chart() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.itemid < 200 THEN INSERT INTO chart_1 VALUES (NEW.*);
  ELSIF NEW.itemid < 210 THEN INSERT INTO chart_2 VALUES (NEW.*);
  ELSE INSERT INTO chart_3 VALUES (NEW.*);
  END IF;
  RETURN NULL;
END;
$$;
CREATE TRIGGER chart_in BEFORE INSERT ON chart FOR EACH ROW EXECUTE FUNCTION into_chart();
-- A number in a text, handed out by a sequence.
CREATE SEQUENCE ticket_number;
CREATE TABLE ticket (number varchar(20) PRIMARY KEY DEFAULT nextval('ticket_number'), note text);
