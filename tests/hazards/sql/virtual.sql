-- What PostgreSQL 18 brought: virtual generated columns, temporal keys, constraints not enforced.
-- needs: 18
CREATE TABLE item (
  id integer PRIMARY KEY, net numeric(8,2) NOT NULL, tax numeric(8,2) NOT NULL,
  gross numeric(9,2) GENERATED ALWAYS AS (net + tax) VIRTUAL,
  half numeric(9,2) GENERATED ALWAYS AS (net / 2) STORED
);
CREATE TABLE uuid_default (id uuid PRIMARY KEY DEFAULT uuidv7(), v text NOT NULL);
CREATE TABLE looks (id integer PRIMARY KEY, item_id integer REFERENCES item NOT ENFORCED, v integer CHECK (v > 0) NOT ENFORCED);
CREATE TABLE named_not_null (id integer PRIMARY KEY, a text CONSTRAINT a_there NOT NULL, b integer);
ALTER TABLE named_not_null ADD CONSTRAINT b_there NOT NULL b NOT VALID;
