// The audit suite of GraphQL over HTTP. `preflight` as an argument: all 61 must pass, for a caller
// who shows that no foreign page sent them there. Without: all that must or should be.
import { serverAudits } from 'graphql-http';
import { authorization, check, done, url } from './setting.mjs';

const withPreflight = process.argv[2] === 'preflight';
const more = withPreflight ? { 'graphql-require-preflight': '1' } : {};
const fetchFn = (address, init = {}) =>
  fetch(address, { ...init, headers: { ...init.headers, ...authorization, ...more } });

let counted = 0;
for (const audit of serverAudits({ url, fetchFn })) {
  if (!withPreflight && audit.name.startsWith('MAY')) continue;
  counted += 1;
  await check(`${audit.id} ${audit.name}`, async () => {
    const { status, reason } = await audit.fn();
    if (status !== 'ok') throw new Error(reason);
  });
}
done(withPreflight ? 61 : 36);
