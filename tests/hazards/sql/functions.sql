-- CHECKs that call functions of one expression, patterns that go together, and COALESCE.
CREATE SCHEMA rule;
CREATE FUNCTION rule.is_tag(tag text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  -- a letter first, eight signs in all
  RETURN tag ~ '^[A-Za-z]' AND tag ~ '^[A-Za-z0-9]{8}$';
END;
$$;
CREATE FUNCTION rule.in_range(integer, integer) RETURNS boolean LANGUAGE sql AS
  'SELECT $1 >= 1 AND $1 <= 900 AND $1 < $2;';
CREATE FUNCTION rule.said(what text) RETURNS boolean LANGUAGE sql AS
  'SELECT what IS NULL OR length(what) > 0';
CREATE DOMAIN tag AS varchar(20) CHECK (rule.is_tag(VALUE));
CREATE TABLE device (
  id integer PRIMARY KEY, uid tag NOT NULL UNIQUE, twin text CHECK (rule.is_tag(twin)),
  low integer NOT NULL, high integer NOT NULL, remark text,
  CONSTRAINT low_below_high CHECK (rule.in_range(low, high)),
  CONSTRAINT remark_said CHECK (rule.said(remark))
);
CREATE TABLE stock (
  id integer PRIMARY KEY, fewest integer, most integer, code text CHECK (code ~ '^[A-Z]' AND code ~~ 'AB__%'),
  CONSTRAINT fewest_below_most CHECK (COALESCE(fewest, 0) < COALESCE(most, 1))
);
