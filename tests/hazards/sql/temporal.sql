-- Temporal keys of PostgreSQL 18: WITHOUT OVERLAPS and PERIOD. A range as the equal column needs no
-- extension.
-- needs: 18
CREATE TABLE tariff (
  code int4range, span daterange, v text, PRIMARY KEY (code, span WITHOUT OVERLAPS)
);
CREATE TABLE member (
  id integer PRIMARY KEY, code int4range, span daterange,
  FOREIGN KEY (code, PERIOD span) REFERENCES tariff (code, PERIOD span)
);
