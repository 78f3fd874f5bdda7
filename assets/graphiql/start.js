// Starts GraphiQL on its page: with the tabs that the server names, asking that server alone.
"use strict";

const { tabs, opened, header } = JSON.parse(document.getElementById("settings").textContent);

// What is typed is kept by the browser; a token only until the browser's tab is closed, though
// GraphiQL's history would keep all headers.
const storage = GraphiQL.createLocalStorage({ namespace: "tertius" });
const { setItem } = storage;
storage.setItem = (key, value) => setItem(key, value.replace(/tertius_[0-9a-f]+/g, "tertius_…"));
const TOKEN = "tertius:authorization";

/** GraphiQL opens the first of its tabs; a stored state says which one else, the first time. */
function openAt(place) {
  if (storage.getItem("graphiql:tabState") !== null) return;
  const stored = tabs.map((query, id) => ({
    id: String(id),
    title: query.match(/^(?:query|mutation) (\w+)/m)[1],
    query,
    variables: null,
    headers: null,
    operationName: null,
    response: null,
  }));
  const state = { tabs: stored, activeTabIndex: place };
  storage.setItem("graphiql:tabState", JSON.stringify(state));
  storage.setItem("graphiql:query", tabs[place]);
}

/** The headers to send: where no token is filled in, the one that was filled in elsewhere. */
function withToken(headers) {
  if (header === null) return headers;
  const name = Object.keys(headers).find((name) => name.toLowerCase() === "authorization");
  const isFilledIn = name !== undefined && !headers[name].includes("…");
  if (isFilledIn && headers[name] !== sessionStorage.getItem(TOKEN)) {
    sessionStorage.setItem(TOKEN, headers[name]);
    // Later than the answer to this question, so that it is not disturbed.
    setTimeout(show, 500);
  }
  const { [name]: placeholder, ...others } = headers;
  const token = isFilledIn ? headers[name] : sessionStorage.getItem(TOKEN);
  return token ? { ...others, Authorization: token } : others;
}

async function ask(question, headers) {
  const response = await fetch("graphql", {
    method: "POST",
    headers: { ...withToken(headers), "Content-Type": "application/json" },
    body: JSON.stringify(question),
  });
  return response.json();
}

const root = ReactDOM.createRoot(document.getElementById("graphiql"));

/** Shows GraphiQL; once more with a new token, for which it reads the schema again. */
function show() {
  const token = header && (sessionStorage.getItem(TOKEN) ?? header);
  root.render(
    React.createElement(GraphiQL, {
      fetcher: (question, options) => ask(question, options?.headers ?? {}),
      defaultTabs: tabs.map((query) => ({ query })),
      defaultHeaders: token ? JSON.stringify({ Authorization: token }, null, 2) : undefined,
      shouldPersistHeaders: false,
      storage,
    }),
  );
}

openAt(opened);
show();
