// A provider that says whatever the test wants: node forger.mjs HOST PORT. Prints a line when it is ready.
// A code is base64url JSON {case, nonce, subject, claims}; the token endpoint answers it with the identity token of that case.
// GET /logout-token?case=… answers a word about signing out; GET /counts how often it was asked for what.
import { createHmac, createPublicKey, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { CompactSign, exportJWK, exportSPKI, generateKeyPair } from 'jose';

const CLIENT = 'carrel';
const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const now = () => Math.floor(Date.now() / 1000);
const b64 = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'];
const makeKeys = async () => Object.fromEntries(await Promise.all(ALGORITHMS.map(async (alg) => {
  const pair = await generateKeyPair(alg, { extractable: true });
  return [alg, { ...pair, kid: `${alg}-${randomUUID()}` }];
})));

const keys = await makeKeys();
const foreign = await makeKeys();
const [host, port] = process.argv.slice(2);
const issuer = `http://${host}:${port}`;
const counts = { discovery: 0, jwks: 0, token: 0 };

const jwks = async () => ({
  keys: await Promise.all(ALGORITHMS.map(async (alg) => ({
    ...(await exportJWK(keys[alg].publicKey)), kid: keys[alg].kid, use: 'sig', alg,
  }))),
});

const sign = (payload, { alg = 'RS256', key = keys[alg].privateKey, kid = keys[alg].kid, header = {} } = {}) =>
  new CompactSign(Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload)))
    .setProtectedHeader({ alg, kid, typ: 'JWT', ...header })
    .sign(key);
const hmac = (payload, secret, header = {}) => {
  const signed = `${b64({ alg: 'HS256', typ: 'JWT', ...header })}.${b64(payload)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
};
const raw = (payload, header, signature = '') => `${b64(header)}.${b64(payload)}.${signature}`;
const flip = (token) => {
  const [header, payload, signature] = token.split('.');
  const bytes = Buffer.from(signature, 'base64url');
  bytes[10] ^= 1;
  return `${header}.${payload}.${bytes.toString('base64url')}`;
};
const rsaPem = async () => exportSPKI(keys.RS256.publicKey);

// What both kinds of tokens have in common; each case answers the token for the claims that would be right.
const forgeries = {
  good: (c) => sign(c),
  good_ps256: (c) => sign(c, { alg: 'PS256' }),
  good_es256: (c) => sign(c, { alg: 'ES256' }),
  good_es384: (c) => sign(c, { alg: 'ES384' }),
  good_eddsa: (c) => sign(c, { alg: 'EdDSA' }),
  alg_none: (c) => raw(c, { alg: 'none', typ: 'JWT' }),
  alg_none_with_kid: (c) => raw(c, { alg: 'none', kid: keys.RS256.kid }),
  alg_none_upper: (c) => raw(c, { alg: 'None' }),
  alg_none_with_signature: (c) => raw(c, { alg: 'none' }, 'AAAA'),
  no_alg: (c) => raw(c, { typ: 'JWT' }, 'AAAA'),
  no_signature: async (c) => (await sign(c)).replace(/\.[^.]*$/, '.'),
  two_parts: async (c) => (await sign(c)).replace(/\.[^.]*$/, ''),
  flipped_signature: async (c) => flip(await sign(c)),
  changed_payload: async (c) => {
    const [header, , signature] = (await sign(c)).split('.');
    return `${header}.${b64({ ...c, sub: 'sub-somebody-else' })}.${signature}`;
  },
  changed_header: async (c) => {
    const [, payload, signature] = (await sign(c)).split('.');
    return `${b64({ alg: 'PS256', kid: keys.PS256.kid })}.${payload}.${signature}`;
  },
  hs256_with_public_pem: async (c) => hmac(c, await rsaPem(), { kid: keys.RS256.kid }),
  hs256_with_public_der: async (c) => hmac(c, createPublicKey(await rsaPem()).export({ type: 'spki', format: 'der' }), { kid: keys.RS256.kid }),
  hs256_with_modulus: async (c) => hmac(c, Buffer.from((await exportJWK(keys.RS256.publicKey)).n, 'base64url'), { kid: keys.RS256.kid }),
  hs256_with_client_secret: (c) => hmac(c, 'a secret of this test and of nothing else'),
  hs256_with_client_id: (c) => hmac(c, CLIENT),
  hs256_with_nothing: (c) => hmac(c, Buffer.from('')),
  foreign_key: (c) => sign(c, { key: foreign.RS256.privateKey }),
  foreign_key_and_kid: (c) => sign(c, { key: foreign.RS256.privateKey, kid: foreign.RS256.kid }),
  foreign_key_no_kid: (c) => sign(c, { key: foreign.EdDSA.privateKey, alg: 'EdDSA', kid: undefined }),
  foreign_es256: (c) => sign(c, { alg: 'ES256', key: foreign.ES256.privateKey }),
  kid_of_another_algorithm: (c) => sign(c, { kid: keys.ES256.kid }),
  kid_path: (c) => sign(c, { key: foreign.RS256.privateKey, kid: '../../../../dev/null' }),
  kid_sql: (c) => sign(c, { key: foreign.RS256.privateKey, kid: "x' UNION SELECT 'k' --" }),
  kid_url: (c) => sign(c, { key: foreign.RS256.privateKey, kid: `${issuer}/evil-jwks` }),
  kid_empty: (c) => sign(c, { key: foreign.RS256.privateKey, kid: '' }),
  jku: (c) => sign(c, { key: foreign.RS256.privateKey, kid: foreign.RS256.kid, header: { jku: `${issuer}/evil-jwks` } }),
  x5u: (c) => sign(c, { key: foreign.RS256.privateKey, kid: foreign.RS256.kid, header: { x5u: `${issuer}/evil-jwks` } }),
  jwk_inside: async (c) => sign(c, { key: foreign.RS256.privateKey, kid: foreign.RS256.kid, header: { jwk: await exportJWK(foreign.RS256.publicKey) } }),
  crit: (c) => sign(c, { header: { crit: ['b64'], b64: true } }),
  nested: (c) => sign(c, { header: { cty: 'JWT' } }),
  encrypted: (c) => `${b64({ alg: 'RSA-OAEP', enc: 'A256GCM' })}.AAAA.AAAA.AAAA.AAAA`,
  type_access_token: (c) => sign(c, { header: { typ: 'at+jwt' } }),
  issuer_wrong: (c) => sign({ ...c, iss: 'https://evil.example' }),
  issuer_slash: (c) => sign({ ...c, iss: `${c.iss}/` }),
  issuer_missing: ({ iss, ...c }) => sign(c),
  issuer_list: (c) => sign({ ...c, iss: [c.iss] }),
  audience_wrong: (c) => sign({ ...c, aud: 'another' }),
  audience_prefix: (c) => sign({ ...c, aud: `${CLIENT}2` }),
  audience_missing: ({ aud, ...c }) => sign(c),
  audience_empty: (c) => sign({ ...c, aud: [] }),
  audience_with_another: (c) => sign({ ...c, aud: [CLIENT, 'another'], azp: CLIENT }),
  party_wrong: (c) => sign({ ...c, azp: 'another' }),
  expired: (c) => sign({ ...c, exp: now() - 1 }),
  expired_long: (c) => sign({ ...c, exp: 1 }),
  not_yet: (c) => sign({ ...c, nbf: now() + 600 }),
  issued_in_future: (c) => sign({ ...c, iat: now() + 600 }),
  issued_long_ago: (c) => sign({ ...c, iat: now() - 86400 }),
  issued_never: ({ iat, ...c }) => sign(c),
  claims_twice: (c) => sign(`{"sub":"sub-ada","sub":"sub-somebody-else",${JSON.stringify(c).slice(1)}`),
  claims_no_json: () => sign('not json'),
  claims_list: () => sign('[]'),
  huge: (c) => sign({ ...c, x: 'x'.repeat(200000) }),
};
const identityOnly = {
  expires_missing: ({ exp, ...c }) => sign(c),
  nonce_wrong: (c) => sign({ ...c, nonce: 'another' }),
  nonce_missing: ({ nonce, ...c }) => sign(c),
  nonce_empty: (c) => sign({ ...c, nonce: '' }),
  subject_missing: ({ sub, ...c }) => sign(c),
  subject_empty: (c) => sign({ ...c, sub: '' }),
  subject_number: (c) => sign({ ...c, sub: 7 }),
  subject_control: (c) => sign({ ...c, sub: 'sub-ada\u0000' }),
  subject_long: (c) => sign({ ...c, sub: 'x'.repeat(300) }),
  type_logout: (c) => sign(c, { header: { typ: 'logout+jwt' } }),
  logout_token: (c) => sign({ ...logoutClaims(), nonce: c.nonce }),
  absent: () => undefined,
  text: () => 'not a token',
};
const logoutOnly = {
  events_missing: ({ events, ...c }) => sign(c),
  events_other: (c) => sign({ ...c, events: { other: {} } }),
  events_text: (c) => sign({ ...c, events: { [EVENT]: 'yes' } }),
  events_list: (c) => sign({ ...c, events: [EVENT] }),
  with_nonce: (c) => sign({ ...c, nonce: 'n' }),
  with_null_nonce: (c) => sign({ ...c, nonce: null }),
  jti_missing: ({ jti, ...c }) => sign(c),
  jti_empty: (c) => sign({ ...c, jti: '' }),
  nobody: ({ sub, sid, ...c }) => sign(c),
  sid_empty: (c) => sign({ ...c, sid: '' }),
  identity_token: () => sign({ iss: issuer, aud: CLIENT, sub: 'sub-ada', iat: now(), exp: now() + 60, nonce: 'n' }),
};
const identityClaims = (code) => ({
  iss: issuer, aud: CLIENT, sub: code.subject ?? 'sub-ada', iat: now(), exp: now() + 300, nonce: code.nonce, ...code.claims,
});
const logoutClaims = (claims = {}) => ({
  iss: issuer, aud: CLIENT, iat: now(), exp: now() + 120, jti: randomUUID(), sub: 'sub-ada', events: { [EVENT]: {} }, ...claims,
});

const routes = {
  'GET /.well-known/openid-configuration': () => {
    counts.discovery += 1;
    return {
      issuer,
      authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: [...ALGORITHMS, 'HS256', 'none'],
    };
  },
  'GET /jwks': () => {
    counts.jwks += 1;
    return jwks();
  },
  'GET /evil-jwks': async () => {
    counts.evil = (counts.evil ?? 0) + 1;
    return { keys: [{ ...(await exportJWK(foreign.RS256.publicKey)), kid: foreign.RS256.kid, use: 'sig' }] };
  },
  'POST /token': async (_, body) => {
    counts.token += 1;
    const code = JSON.parse(Buffer.from(new URLSearchParams(body).get('code'), 'base64url').toString());
    const make = { ...forgeries, ...identityOnly }[code.case];
    return { access_token: 'nothing', token_type: 'Bearer', expires_in: 60, id_token: await make(identityClaims(code)) };
  },
  'GET /logout-token': async (url) => {
    const { case: name, ...claims } = Object.fromEntries(url.searchParams);
    return { logout_token: await { ...forgeries, ...logoutOnly }[name](logoutClaims(claims)) };
  },
  'GET /cases': () => ({
    identity: Object.keys({ ...forgeries, ...identityOnly }),
    logout: Object.keys({ ...forgeries, ...logoutOnly }),
  }),
  'GET /counts': () => counts,
};

const server = createServer(async (request, response) => {
  const url = new URL(request.url, issuer);
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const route = routes[`${request.method} ${url.pathname}`];
  if (!route) return response.writeHead(404).end();
  try {
    const answer = JSON.stringify(await route(url, Buffer.concat(chunks).toString()));
    return response.writeHead(200, { 'content-type': 'application/json' }).end(answer);
  } catch (error) {
    return response.writeHead(500).end(String(error));
  }
});
server.listen(Number(port), host, () => process.stdout.write('ready\n'));
