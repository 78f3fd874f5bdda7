// What frontends do with the service, by the libraries that they use.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from '@apollo/client/core';
import { BatchHttpLink } from '@apollo/client/link/batch-http';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { Client, fetchExchange, subscriptionExchange } from '@urql/core';
import { createClient as createEvents } from 'graphql-sse';
import { createClient as createSocket } from 'graphql-ws';
import WebSocket from 'ws';
import { authorization, bearer, check, done, importId, socketUrl, url } from './setting.mjs';

const ROLE = gql`query Role { viewer { role } }`;
const PEOPLE = gql`query People($n: Int!) { people(first: $n) { nodes { id name } } }`;
const REFUSED = gql`mutation Refused { createCompany(input: { name: " " }) { company { id } userErrors { code path } } }`;
const PROGRESS = gql`subscription Progress($id: ID!) { importProgress(id: $id) { state read } }`;
const variables = { id: importId };
const seen = [];
const watched = async (address, init) => {
  const response = await fetch(address, init);
  seen.push({ method: init?.method ?? 'GET', body: init?.body, status: response.status });
  return response;
};
const socket = () => createSocket({
  url: socketUrl, webSocketImpl: WebSocket, lazy: true, retryAttempts: 0,
  connectionParams: bearer ? { authorization: bearer } : undefined,
});
const apollo = (link) => new ApolloClient({ link, cache: new InMemoryCache(), defaultOptions: { query: { fetchPolicy: 'no-cache' } } });
const http = (more = {}) => new HttpLink({ uri: url, fetch: watched, headers: authorization, ...more });
const urql = (more = {}) => new Client({
  url, exchanges: [fetchExchange], fetch: watched, requestPolicy: 'network-only', preferGetMethod: false,
  fetchOptions: { headers: { ...authorization, 'graphql-require-preflight': '1' } }, ...more,
});

await check('urql asks by POST', async () => {
  const { data, error } = await urql().query(PEOPLE, { n: 2 });
  assert.equal(error, undefined);
  assert.equal(data.people.nodes.length, 2);
  assert.equal(seen.at(-1).method, 'POST');
});
await check('urql asks by GET', async () => {
  const { data, error } = await urql({ preferGetMethod: 'force' }).query(ROLE, {});
  assert.equal(error, undefined);
  assert.equal(data.viewer.role, 'PARTNER_MANAGER');
  assert.equal(seen.at(-1).method, 'GET');
});
await check('urql gets a refusal as an answer', async () => {
  const { data } = await urql().mutation(REFUSED, {});
  assert.deepEqual(data.createCompany, { company: null, userErrors: [{ code: 'BLANK', path: ['input', 'name'] }] });
});
await check('urql gets an error with its code', async () => {
  const { error } = await urql().query(PEOPLE, { n: 0 });
  assert.equal(error.graphQLErrors[0].extensions.code, 'BAD_USER_INPUT');
});
await check('urql follows an import over a socket', async () => {
  const client = socket();
  const forwardSubscription = (request) => ({
    subscribe: (sink) => ({ unsubscribe: client.subscribe({ ...request, query: request.query ?? '' }, sink) }),
  });
  const urqlClient = urql({ exchanges: [fetchExchange, subscriptionExchange({ forwardSubscription })] });
  const { data, error } = await urqlClient.subscription(PROGRESS, variables).toPromise();
  assert.equal(error, undefined);
  assert.equal(data.importProgress.state, 'FINISHED');
  await client.dispose();
});
await check('urql follows an import by events', async () => {
  const urqlClient = urql({ exchanges: [fetchExchange], fetchSubscriptions: true });
  const { data, error } = await urqlClient.subscription(PROGRESS, variables).toPromise();
  assert.equal(error, undefined);
  assert.equal(data.importProgress.state, 'FINISHED');
});
await check('Apollo asks by POST', async () => {
  const { data } = await apollo(http()).query({ query: PEOPLE, variables: { n: 2 } });
  assert.equal(data.people.nodes.length, 2);
});
await check('Apollo asks by GET', async () => {
  const { data } = await apollo(http({ useGETForQueries: true, headers: { ...authorization, 'apollo-require-preflight': 'true' } })).query({ query: PEOPLE, variables: { n: 1 } });
  assert.equal(data.people.nodes.length, 1);
  assert.equal(seen.at(-1).method, 'GET');
});
await check('Apollo sends several requests at once', async () => {
  const client = apollo(new BatchHttpLink({ uri: url, fetch: watched, headers: authorization, batchMax: 5, batchInterval: 20 }));
  const before = seen.length;
  const answers = await Promise.all([client.query({ query: ROLE }), client.query({ query: PEOPLE, variables: { n: 1 } })]);
  assert.deepEqual(answers.map(({ data }) => Object.keys(data)[0]), ['viewer', 'people']);
  assert.equal(seen.length, before + 1);
});
await check('Apollo sends a document once, and then its hash', async () => {
  const sha256 = (text) => createHash('sha256').update(text).digest('hex');
  const client = apollo(ApolloLink.from([new PersistedQueryLink({ sha256 }), http()]));
  const query = gql`query Persisted { viewer { role scopes } }`;
  const before = seen.length;
  for (let times = 0; times < 2; times += 1) {
    const { data } = await client.query({ query });
    assert.equal(data.viewer.role, 'PARTNER_MANAGER');
  }
  const bodies = seen.slice(before).map(({ body }) => JSON.parse(body));
  assert.deepEqual(bodies.map(({ query: text }) => text !== undefined), [false, true, false]);
});
await check('Apollo gets an error with its code', async () => {
  const error = await apollo(http()).query({ query: PEOPLE, variables: { n: 0 } }).catch((e) => e);
  assert.equal(error.errors[0].extensions.code, 'BAD_USER_INPUT');
});
await check('Apollo follows an import over a socket', async () => {
  const client = socket();
  const values = await new Promise((resolve, reject) => {
    const all = [];
    apollo(new GraphQLWsLink(client)).subscribe({ query: PROGRESS, variables })
      .subscribe({ next: ({ data }) => all.push(data.importProgress.state), error: reject, complete: () => resolve(all) });
  });
  assert.deepEqual(values, ['FINISHED']);
  await client.dispose();
});
await check('a client of events follows an import', async () => {
  const events = createEvents({ url, headers: authorization, retryAttempts: 0 });
  const values = [];
  for await (const { data } of events.iterate({ query: 'subscription ($id: ID!) { importProgress(id: $id) { state } }', variables })) values.push(data.importProgress.state);
  assert.deepEqual(values, ['FINISHED']);
  events.dispose();
});
await check('an answer by GET is sent once while it stays the same', async () => {
  const ask = (headers = {}) => fetch(`${url}?query=${encodeURIComponent('{ viewer { role } }')}`, { headers: { 'graphql-require-preflight': '1', ...authorization, ...headers } });
  const first = await ask();
  const tag = first.headers.get('etag');
  assert.match(tag, /^"[0-9a-f]+"$/);
  assert.equal(first.headers.get('cache-control'), 'private, no-cache');
  const second = await ask({ 'if-none-match': `"x", ${tag}` });
  assert.deepEqual([second.status, await second.text()], [304, '']);
  assert.equal((await ask({ 'if-none-match': '"x"' })).status, 200);
});
await check('a socket closes with the codes of its protocol', async () => {
  const closed = (say) => new Promise((resolve) => {
    const web = new WebSocket(socketUrl, 'graphql-transport-ws');
    web.on('open', () => say(web));
    web.on('close', (code) => resolve(code));
  });
  const init = JSON.stringify({ type: 'connection_init', payload: bearer ? { authorization: bearer } : {} });
  const subscribe = (id) => JSON.stringify({ id, type: 'subscribe', payload: { query: 'subscription ($id: ID!) { importProgress(id: $id) { state } }', variables } });
  const codes = [
    await closed((web) => web.send('no JSON')),
    await closed((web) => web.send('{"type":"x"}')),
    await closed((web) => web.send(subscribe('1'))),
    await closed((web) => { web.send(init); web.send(init); }),
    await closed((web) => { web.send(init); web.send('{"id":"1","type":"subscribe","payload":{}}'); }),
    await closed((web) => web.send(Buffer.from([1, 2]))),
  ];
  assert.deepEqual(codes, [4400, 4400, 4401, 4429, 4400, 4400]);
});
done(15);
