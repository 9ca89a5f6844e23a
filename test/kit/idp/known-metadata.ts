/** Metadata of a provider that no one runs: what a policy needs so that admission takes it. Its key was thrown away. */

const certificate =
  'MIIBjDCCATGgAwIBAgIUIpQNovzFoC/7yGiJXtDtC/dBNX8wCgYIKoZIzj0EAwIwGjEYMBYGA1UEAwwPaWRwLmV4YW1wbGUu' +
  'Y29tMCAXDTI2MTIwMTEzNTU1MFoYDzIxMjYxMTA3MTM1NTUwWjAaMRgwFgYDVQQDDA9pZHAuZXhhbXBsZS5jb20wWTATBgcq' +
  'hkjOPQIBBggqhkjOPQMBBwNCAATISsz6r2VjNGKpRtxgVMFJCclwayvuuBGxACPl64ZmGxOQO+qic/qYl30icEsnBIJ3ahzK' +
  'cg+Bt6QH8GvWbxfbo1MwUTAdBgNVHQ4EFgQUGJjLxoBfwONIpV2UHNc7BxahgB8wHwYDVR0jBBgwFoAUGJjLxoBfwONIpV2U' +
  'HNc7BxahgB8wDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNJADBGAiEAlr0vL0Ps2wD+gCNWvhhtMCmjJTHiiyHu9Dcl' +
  'PGYajd4CIQCuF8SQ2ZZ62hWyQQVTqmM9TSfvy39RIQBSRtr66joOJg==';

export const knownMetadata =
  '<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example.com/metadata">' +
  '<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><KeyDescriptor use="signing">' +
  '<KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>' +
  `${certificate}</X509Certificate></X509Data></KeyInfo></KeyDescriptor><SingleSignOnService ` +
  'Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.example.com/sso"/>' +
  '</IDPSSODescriptor></EntityDescriptor>';
