import { describe, expect, it } from 'vitest';
import { reasons } from '../../../../crds/rules/reasons.ts';

describe('the table of reasons', () => {
  /** A change of the table has to be written here too, so that everything that follows from it is seen. */
  const written = `
    reason                status session judged told     refused-as           closes-as       fails-sign-in-as   metric
    Open                  200    stays   fresh  person   nothing              grant.closed    signin.failed      none
    NoGrant               401    ends    fresh  person   closed               grant.closed    signin.failed      grant
    NotOpened             401    ends    status person   not-open             grant.closed    signin.failed      grant
    Disabled              401    ends    fresh  person   closed               grant.revoked   signin.failed      grant
    NotStarted            401    ends    fresh  person   closed               grant.closed    signin.failed      grant
    Expired               401    ends    fresh  person   closed               grant.expired   signin.failed      grant
    DurationOutOfBounds   401    ends    status person   closed               grant.closed    signin.failed      grant
    NoPolicy              401    ends    fresh  person   closed               grant.suspended signin.failed      policy
    PolicyDisabled        401    ends    fresh  person   closed               grant.suspended signin.failed      policy
    Locked                401    ends    fresh  person   closed               grant.suspended signin.failed      lock
    LockUnreadable        503    stays   fresh  customer not-now              grant.closed    signin.failed      lock
    NoSession             401    absent  fresh  person   not-signed-in        grant.closed    signin.failed      session
    SessionInvalid        401    absent  fresh  person   not-signed-in        grant.closed    signin.failed      session
    SessionIdle           401    ends    fresh  person   session-over         grant.closed    signin.failed      session
    SessionExpired        401    ends    fresh  person   session-over         grant.closed    signin.failed      session
    OpeningEnded          401    ends    fresh  person   session-over         grant.closed    signin.failed      session
    InstallationChanged   401    ends    status customer closed               grant.closed    signin.failed      grant
    ChangesUnseen         503    stays   fresh  person   not-now              grant.closed    signin.failed      grant
    SessionAddressChanged 403    stays   fresh  person   other-address        grant.closed    signin.failed      session
    ClockSetBack          503    stays   fresh  person   not-now              grant.closed    signin.failed      session
    NoUser                401    ends    fresh  person   not-to-you           grant.closed    signin.failed      person
    UserDisabled          401    ends    fresh  person   not-to-you           grant.closed    signin.failed      person
    UserDeactivated       401    ends    fresh  person   not-to-you           grant.closed    signin.failed      person
    UserNotNamed          401    ends    fresh  person   not-to-you           grant.closed    signin.failed      person
    UserChanged           401    ends    status customer not-to-you           grant.closed    signin.failed      person
    SupportRoleMissing    401    ends    fresh  person   not-to-you           grant.closed    signin.failed      person
    AddressUnknown        403    stays   fresh  person   not-from-here        grant.closed    signin.ip_rejected address
    AddressNotAllowed     403    stays   fresh  person   not-from-here        grant.closed    signin.ip_rejected address
    NoAllowedCIDRs        403    stays   fresh  person   not-from-here        grant.closed    signin.ip_rejected address
    AddressesListed       401    ends    status person   closed               grant.closed    signin.failed      operator
    NoApplication         403    stays   fresh  person   not-this-application grant.closed    signin.failed      application
    ApplicationNotGranted 403    stays   fresh  person   not-this-application grant.closed    signin.failed      application
    Incompatible          403    stays   fresh  person   not-this-application grant.closed    signin.failed      application
    NoMatrix              401    ends    fresh  person   closed               grant.closed    signin.failed      matrix
    MatrixChanged         401    ends    status customer closed               grant.closed    signin.failed      matrix
    ApplicationChanged    401    ends    status customer closed               grant.closed    signin.failed      application
    ServiceChanged        401    ends    status customer closed               grant.closed    signin.failed      service
    NoRoute               403    stays   fresh  person   not-allowed          grant.closed    signin.failed      request
    ActionNotAllowed      403    stays   fresh  person   not-allowed          grant.closed    signin.failed      request
    OwnerChanged          403    stays   fresh  person   not-allowed          grant.closed    signin.failed      request
    SupportAssigned       403    stays   fresh  person   unassignable         grant.closed    signin.failed      request
    ExcessRights          401    ends    status customer closed               grant.closed    signin.failed      operator
    ClusterRoleMissing    401    ends    status customer closed               grant.closed    signin.failed      operator
    NameTaken             401    ends    status customer closed               grant.closed    signin.failed      operator
    RolledBack            401    ends    status customer closed               grant.closed    signin.failed      operator
    RecordsUnavailable    503    stays   status person   not-now              grant.closed    signin.failed      unavailable
    StateUnavailable      503    stays   fresh  person   not-now              grant.closed    signin.failed      unavailable
    BadRequest            400    stays   fresh  person   malformed            grant.closed    signin.failed      request
    WrongHost             421    stays   fresh  person   nothing-here         grant.closed    signin.failed      request
    BodyTooLarge          413    stays   fresh  person   too-large            grant.closed    signin.failed      request
    TooManyRequests       429    stays   fresh  person   too-many             grant.closed    signin.failed      request
    MaskedValue           400    stays   fresh  person   malformed            grant.closed    signin.failed      request
    CrossSite             403    stays   fresh  person   other-site           grant.closed    signin.failed      request
    CodeInvalid           403    stays   fresh  person   not-entered          grant.closed    signin.failed      sign-in
    SignInFailed          403    stays   fresh  person   not-signed-in-now    grant.closed    signin.failed      sign-in
    SignedOut             401    ends    fresh  person   session-over         grant.closed    signin.failed      session
    ServiceWorker         403    stays   fresh  person   not-served           grant.closed    signin.failed      request
    ServiceUnreachable    502    stays   fresh  person   not-answered         grant.closed    signin.failed      service
    NotMaskable           502    stays   fresh  person   not-maskable         grant.closed    signin.failed      service
    RedirectRefused       502    stays   fresh  person   not-maskable         grant.closed    signin.failed      service
    MorePasses            401    ends    status person   closed               grant.closed    signin.failed      operator
    UsualPasses           401    ends    status person   closed               grant.closed    signin.failed      operator
    Enforced              401    ends    status person   closed               grant.closed    signin.failed      operator
    ApplyFailed           401    ends    status person   closed               grant.closed    signin.failed      operator
    Invalid               401    ends    status person   closed               grant.closed    signin.failed      operator
    Deleted               401    ends    status person   closed               grant.revoked   signin.failed      operator
    HostServed            401    ends    status person   closed               grant.closed    signin.failed      operator
    HostTaken             401    ends    status person   closed               grant.closed    signin.failed      operator
    HostOutsideSuffixes   401    ends    status person   closed               grant.closed    signin.failed      operator
    HostReserved          401    ends    status person   closed               grant.closed    signin.failed      operator
    CaseOpen              401    ends    status person   closed               grant.closed    signin.failed      operator
    CaseClosed            401    ends    status person   closed               grant.closed    signin.failed      operator
    ProviderTrusted       401    ends    status person   closed               grant.closed    signin.failed      operator
    DiffersInForm         401    ends    status person   closed               grant.closed    signin.failed      operator
    ProviderNeedsAttention 401    ends    status person   closed               grant.closed    signin.failed      operator
    ProviderMissing       401    ends    status person   closed               grant.closed    signin.failed      operator
    ProviderInvalid       401    ends    status person   closed               grant.closed    signin.failed      operator
    AdmissionUnregistered 401    ends    status person   closed               grant.closed    signin.failed      operator
    CertificateEnding     401    ends    status person   closed               grant.closed    signin.failed      operator
    CertificateExpired    401    ends    status person   closed               grant.closed    signin.failed      operator
    NoCertificate         401    ends    status person   closed               grant.closed    signin.failed      operator
    CertificateUnreadable 401    ends    status person   closed               grant.closed    signin.failed      operator
    GatewaySilent         401    ends    status person   closed               grant.closed    signin.failed      operator
    ClockOff              401    ends    status person   closed               grant.closed    signin.failed      operator
    VolumeFilling         401    ends    status person   closed               grant.closed    signin.failed      operator
    VolumeAlmostFull      401    ends    status person   closed               grant.closed    signin.failed      operator
    NoticesDelayed        401    ends    status person   closed               grant.closed    signin.failed      operator
    NoService             502    stays   status person   not-reached          grant.closed    signin.failed      service
    ExternalService       502    stays   status person   not-reached          grant.closed    signin.failed      service
  `;

  it('is this one, entry by entry', () => {
    const [, ...expected] = written.trim().split('\n').map(columnsOf);
    const found = Object.entries(reasons).map(([reason, rule]) => [
      reason,
      String(rule.status),
      rule.session,
      rule.judgedFresh ? 'fresh' : 'status',
      rule.customerOnly ? 'customer' : 'person',
      rule.refusedAs,
      rule.closesAs,
      rule.failsSignInAs,
      rule.metric,
    ]);
    expect(found).toEqual(expected);
  });

  it('says 401 exactly where there is no session any more: a browser then signs in again by itself', () => {
    const contradicting = Object.entries(reasons)
      .filter(([, { status, session }]) => (status === 401) !== (session !== 'stays'))
      .map(([reason]) => reason);
    expect(contradicting).toEqual([]);
  });
});

function columnsOf(line: string): string[] {
  return line.trim().split(/\s+/);
}
