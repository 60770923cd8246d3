/** A database for each test: empty at its beginning, deleted after it. */
import { deleteDB } from 'idb';
import { afterEach, beforeEach } from 'vitest';
import { openDatabase, type Database } from './database.ts';

/** That of the test which runs. */
export let database: Database;

/** For the tests of a file. */
export function eachWithDatabase(): void {
  beforeEach(async () => {
    database = await openDatabase();
  });
  afterEach(async () => {
    database.close();
    await deleteDB(database.name);
  });
}
