// Where the service is, and how a script says what it found.

export const url = process.env.TERTIUS_URL ?? 'http://127.0.0.1:7878/graphql';
export const socketUrl = `${url.replace(/^http/, 'ws')}/ws`;
/** An import that has ended, to be followed. */
export const importId = process.env.TERTIUS_IMPORT;
/** What lets somebody in, where the service asks for it. */
export const bearer = process.env.TERTIUS_TOKEN ? `Bearer ${process.env.TERTIUS_TOKEN}` : undefined;
export const authorization = bearer ? { authorization: bearer } : {};

const failures = [];
let passed = 0;

/** Runs one check, and goes on whatever comes of it. */
export async function check(name, run) {
  try {
    await run();
    passed += 1;
  } catch (error) {
    failures.push(`${name}: ${error?.message ?? error}`);
  }
}

/** Says how many checks passed, and fails if one did not, or if there are fewer than `least`. */
export function done(least) {
  console.log(`${passed} of ${passed + failures.length} passed`);
  for (const failure of failures) console.log(`FAILED ${failure}`);
  process.exit(failures.length || passed < least ? 1 : 0);
}
