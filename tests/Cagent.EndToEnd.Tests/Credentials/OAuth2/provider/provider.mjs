// SPDX-License-Identifier: Apache-2.0
// An authorization server with short-lived tokens. PORT (0: a free one), TTL in seconds and CLIENT_SECRET come from the environment.
// Tokens are opaque; GET /issued tells the test which ones there were, and POST /seed makes a refresh token as a sign-in would have.
import http from 'node:http';
import Provider from 'oidc-provider';

const ttl = Number(process.env.TTL);
const client = (id, method, grants) => ({
  client_id: id, client_secret: process.env.CLIENT_SECRET, token_endpoint_auth_method: method, grant_types: grants, redirect_uris: grants.includes('authorization_code') ? ['https://app.example.com/back'] : [], response_types: grants.includes('authorization_code') ? ['code'] : [],
});
const server = http.createServer();
await new Promise((resolve) => server.listen(Number(process.env.PORT), '127.0.0.1', resolve));
const provider = new Provider(`http://127.0.0.1:${server.address().port}`, {
  clients: [
    client('basic', 'client_secret_basic', ['client_credentials']),
    client('post', 'client_secret_post', ['client_credentials']),
    client('app', 'client_secret_basic', ['authorization_code', 'refresh_token']),
  ],
  scopes: ['openid', 'offline_access', 'api:read'],
  features: { clientCredentials: { enabled: true }, devInteractions: { enabled: false } },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  rotateRefreshToken: true,
  ttl: { ClientCredentials: ttl, AccessToken: ttl, RefreshToken: 3600, Grant: 3600 },
});
const issued = [];
for (const event of ['client_credentials.saved', 'access_token.saved']) {
  provider.on(event, (token) => issued.push({ token: token.jti, ends: Math.floor(Date.now() / 1000) + ttl, client: token.clientId, scope: token.scope ?? '' }));
}
const refreshes = [];
provider.on('refresh_token.saved', (token) => refreshes.push(token.jti));
provider.on('server_error', (_, error) => console.log(`error ${error.name}`));

async function seed() {
  const app = await provider.Client.find('app');
  const grant = new provider.Grant({ accountId: 'operator', clientId: 'app' });
  grant.addOIDCScope('openid offline_access api:read');
  const grantId = await grant.save();
  const token = new provider.RefreshToken({ accountId: 'operator', client: app, grantId, gty: 'authorization_code', scope: 'openid offline_access api:read', rotations: 0, iiat: Math.floor(Date.now() / 1000) });
  return token.save();
}

const callback = provider.callback();
server.on('request', async (request, response) => {
  if (request.url === '/seed') {
    response.end(await seed());
  } else if (request.url === '/issued') {
    response.end(JSON.stringify({ issued, refreshes }));
  } else {
    callback(request, response);
  }
});
console.log(`ready ${server.address().port}`);
