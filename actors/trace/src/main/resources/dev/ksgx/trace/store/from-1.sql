-- What a database of schema 1 lacks, for as long as it is open: nothing of it was recorded.
create temp table unended(id integer primary key, kind integer not null, number integer not null, planned integer not null);
