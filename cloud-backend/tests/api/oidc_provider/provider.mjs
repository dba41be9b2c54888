// A real OpenID provider for one test: node provider.mjs HOST PORT REDIRECT_URI LOGOUT_URI.
// Prints a line when it is ready; everything is in memory.
import { Provider } from 'oidc-provider';
import { exportJWK, generateKeyPair } from 'jose';

const [host, port, redirectUri, logoutUri] = process.argv.slice(2);

// What it says of a person is written into the name that they sign in with: name, then groups, separated by commas.
// The subject is made of the name alone, so that somebody can change groups.
const person = (id) => {
  const [name, ...groups] = id.split(',');
  return {
    accountId: id,
    claims: () => ({
      sub: id,
      preferred_username: name.split('@')[0],
      name: `The person ${name}`,
      email: name.includes('@') ? name : `${name}@example.org`,
      email_verified: !name.startsWith('unverified'),
      groups,
    }),
  };
};

const { privateKey } = await generateKeyPair('RS256', { extractable: true });
const key = { ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig', kid: 'one' };

const provider = new Provider(`http://${host}:${port}`, {
  clients: [{
    client_id: 'carrel',
    client_secret: 'a secret of this test and of nothing else',
    redirect_uris: [redirectUri],
    response_types: ['code'],
    grant_types: ['authorization_code'],
    token_endpoint_auth_method: 'client_secret_basic',
    subject_type: 'pairwise',
    backchannel_logout_uri: logoutUri,
    backchannel_logout_session_required: true,
  }],
  claims: {
    openid: ['sub'],
    profile: ['name', 'preferred_username'],
    email: ['email', 'email_verified'],
    groups: ['groups'],
  },
  // Claims belong into the identity token: nobody asks elsewhere.
  conformIdTokenClaims: false,
  features: {
    devInteractions: { enabled: true },
    backchannelLogout: { enabled: true },
    rpInitiatedLogout: { enabled: true },
  },
  subjectTypes: ['pairwise'],
  pairwiseIdentifier: (_, id) => `sub-${id.split(',')[0]}`,
  pkce: { required: () => true },
  cookies: { keys: ['of this test'] },
  jwks: { keys: [key] },
  // It has a guard of its own against private addresses, and the server under test is at one.
  fetch: (url, { dispatcher, ...options }) => fetch(url, options),
  findAccount: (_, id) => person(id),
});

provider.listen(Number(port), host, () => process.stdout.write('ready\n'));
