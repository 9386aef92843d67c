// The certified sign-in server of the tests: oidc-provider, told on standard input where it is and whom it knows.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";

const told = JSON.parse(readFileSync(0, "utf8"));
const { Provider } = createRequire(told.modules)("oidc-provider");

const provider = new Provider(told.issuer, {
  acrValues: told.acr,
  claims: { openid: ["sub"], profile: ["given_name", "family_name"], email: ["email", "email_verified"], work: ["employeeHsaId"] },
  clients: told.clients,
  cookies: { keys: [told.secret] },
  features: {
    backchannelLogout: { enabled: true },
    claimsParameter: { enabled: true },
    devInteractions: { enabled: false },
    rpInitiatedLogout: { enabled: true, logoutSource: (ctx, form) => { ctx.body = form; } },
  },
  // Without the dispatcher that reaches no address of this machine, where the portal is.
  fetch: (url, { dispatcher, ...options }) => fetch(url, options),
  findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id, ...told.people[id] }) }),
  interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
  jwks: told.jwks,
  // The clients are the portal's own: nobody is asked whether they may know who it is.
  loadExistingGrant: async (ctx) => {
    const { client, session } = ctx.oidc;
    const grant = new ctx.oidc.provider.Grant({ clientId: client.clientId, accountId: session.accountId });
    grant.addOIDCScope("openid profile email work");
    grant.addOIDCClaims(["given_name", "family_name", "email", "email_verified", "employeeHsaId"]);
    await grant.save();
    return grant;
  },
  ttl: { Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
});

const answer = provider.callback();

async function signIn(request, response) {
  let sent = "";
  for await (const part of request) sent += part;
  const form = new URLSearchParams(sent);
  const login = { accountId: form.get("person"), acr: form.get("acr") ?? undefined };
  await provider.interactionFinished(request, response, form.has("person") ? { login } : { error: "access_denied" });
}

createServer((request, response) => {
  if (request.method === "POST" && request.url.startsWith("/interaction/")) signIn(request, response);
  else answer(request, response);
}).listen(new URL(told.issuer).port, "127.0.0.1");
