// Passkeys of the browser (WebAuthn). The API speaks base64url, the browser bytes.

const toBytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));

const toText = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");

const named = (list = []) => list.map((each) => ({ ...each, id: toBytes(each.id) }));

/** Whether this browser has passkeys at this address: https (or localhost) and a host name, no bare number. */
export const hasPasskeys = (rpId) => window.isSecureContext
  && "PublicKeyCredential" in window
  && !/^[\d.]+$|:/.test(location.hostname)
  && (rpId === undefined || rpId === location.hostname);

/** Have the device make a passkey; what the API takes. */
export async function makePasskey(options) {
  const publicKey = {
    ...options,
    challenge: toBytes(options.challenge),
    user: { ...options.user, id: toBytes(options.user.id) },
    excludeCredentials: named(options.excludeCredentials),
  };
  const { id, response } = await navigator.credentials.create({ publicKey });
  return { id, client_data: toText(response.clientDataJSON), attestation: toText(response.attestationObject) };
}

/** Have a passkey answer; what the API takes. */
export async function askPasskey(options) {
  const publicKey = {
    ...options,
    challenge: toBytes(options.challenge),
    allowCredentials: named(options.allowCredentials),
  };
  const { id, response } = await navigator.credentials.get({ publicKey });
  return {
    id,
    client_data: toText(response.clientDataJSON),
    authenticator_data: toText(response.authenticatorData),
    signature: toText(response.signature),
  };
}
