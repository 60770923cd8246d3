/** A database for each test, empty at the beginning and deleted afterwards. */
import { deleteDB } from 'idb';
import { afterEach, beforeEach } from 'vitest';
import { openDatabase, type Database } from './database.ts';

/** The database of the current test. */
export let database: Database;

/** Call at the top of a test file. */
export function eachWithDatabase(): void {
  beforeEach(async () => {
    database = await openDatabase();
  });
  afterEach(async () => {
    database.close();
    await deleteDB(database.name);
  });
}
