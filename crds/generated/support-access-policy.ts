/* Generated from crds/manifests by tools/generate.ts, do not edit. */
/* oxlint-disable */
import type {ObjectMeta} from '../object-meta.ts';

/**
 * The master switch for vendor support access and its general settings. There is one, named `default`; where it is missing, support access is Disabled.
 */
export interface SupportAccessPolicy {
  apiVersion: 'supportaccess.dev/v1beta1';
  kind: 'SupportAccessPolicy';
  metadata: ObjectMeta;
  /**
   * What the customer's administrators decide. Example: {access: Enabled, gateway: {host: support.example.com}}
   */
  spec: {
    /**
     * The master switch: with Disabled no support person gets in. Default: Disabled. Example: Enabled
     */
    access?: 'Enabled' | 'Disabled';
    /**
     * Your name, for the support people who look at the first page. Example: Example Corporation
     */
    customerName?: string;
    /**
     * Who administers support access here, for messages and notices; never for rights. Example: [{name: grace, email: grace@example.com, group: platform}]
     */
    administrators?: {
      /**
       * What people call this administrator. Example: grace
       */
      name: string;
      /**
       * Where notices go. Example: grace@example.com
       */
      email?: string;
      /**
       * The Kubernetes user name. Example: grace@example.com
       */
      user?: string;
      /**
       * The Kubernetes group. Example: platform
       */
      group?: string;
    }[];
    /**
     * Where support people come in. Example: {host: support.example.com}
     */
    gateway: {
      /**
       * The support host; it serves the sign-in and nothing of an application. Example: support.example.com
       */
      host: string;
      /**
       * The port in the addresses that people see. Default: 443. Example: 8443
       */
      port?: number;
      /**
       * Domains under which applications may have their hosts. Default: none. Example: [apps.example.com]
       */
      hostSuffixes?: string[];
      /**
       * Secrets of type kubernetes.io/tls in the release namespace, chosen by host; each must also stand in the chart's value gateway.tlsSecretNames. Example: [{name: support-access-gateway-tls}]
       */
      tlsSecretRefs?: {
        /**
         * The Secret's name. Example: support-access-gateway-tls
         */
        name: string;
      }[];
    };
    /**
     * How requests reach the gateway. Example: {exposure: BehindProxy, trustedHops: [10.0.0.0/24]}
     */
    network?: {
      /**
       * Direct: the address that connects is the client. BehindProxy: a proxy in trustedHops says who the client is. Default: Direct. Example: BehindProxy
       */
      exposure?: 'Direct' | 'BehindProxy';
      /**
       * Addresses of the proxies that are trusted to say who the client is. Default: none. Example: [10.0.0.0/24]
       */
      trustedHops?: string[];
      /**
       * Proxies in the cluster that are trusted to say who the client is, by namespace and labels of their pods. A pod on the network of its node, and one that no Service leads to, is named by address in trustedHops. Default: none. Example: [{namespace: ingress-nginx, labels: [{name: app, value: ingress-nginx}]}]
       */
      trustedHopPods?: {
        /**
         * The namespace of the pods. Example: ingress-nginx
         */
        namespace: string;
        /**
         * Labels that each of them has, all of these. Example: [{name: app, value: ingress-nginx}]
         */
        labels: {
          /**
           * The label's name. Example: app
           */
          name: string;
          /**
           * Its value. Example: ingress-nginx
           */
          value: string;
        }[];
      }[];
      /**
       * Required: trustedHops begin each connection with a PROXY header (version 1 or 2) that says who the client is, and without it are refused. Default: Disabled. Example: Required
       */
      proxyProtocol?: 'Disabled' | 'Required';
      /**
       * Whether the operator keeps a NetworkPolicy for the gateway's own pods. Default: Enforce. Example: Disabled
       */
      gatewayPolicy?: 'Enforce' | 'Disabled';
    };
    /**
     * Addresses that support people may sign in from, for every grant. An address must be in this list and in the grant's; an empty list adds no restriction of its own. Where both are empty, no one may come unless requireAllowedCIDRs is Disabled (default: Enabled). Example: [203.0.113.0/24, 2001:db8:7::/48]
     */
    allowedCIDRs?: string[];
    /**
     * What the switch and the end of the work mean for the people of support. Example: {provisioning: WhileEnabled, whenDisabled: Deactivate}
     */
    users?: {
      /**
       * When vendor operations may add people and let them in again: Anytime, or only WhileEnabled, while `access` of this policy is Enabled. Default: Anytime. Example: WhileEnabled
       */
      provisioning?: 'Anytime' | 'WhileEnabled';
      /**
       * What becomes of people when `access` of this policy is Disabled: Suspend lets them come back with the switch; Deactivate is final, and `access` may be Enabled again only when everyone is deactivated. Default: Suspend. Example: Deactivate
       */
      whenDisabled?: 'Suspend' | 'Deactivate';
      /**
       * What becomes of a person when the last grant that names the person has expired or was deleted: Keep, or Deactivate, which is final. Default: Keep. Example: Deactivate
       */
      afterLastGrant?: 'Keep' | 'Deactivate';
    };
    /**
     * How long things are kept that are over. Example: {deactivatedUsersSeconds: 5184000}
     */
    retention?: {
      /**
       * How long after its deactivation a SupportUser is removed, in seconds; the records keep what the person did. Default: 5184000 (60 days). Example: 2592000
       */
      deactivatedUsersSeconds?: number;
    };
    /**
     * Who besides the owner of a support case may have it. Example: {elevatedContacts: [grace], maxElevatedContacts: 2}
     */
    cases?: {
      /**
       * From when on a support case is opened by holders of the verb `administer` on support cases alone, which the ClusterRoles support-access-case-admin and support-access-administrator have; before, `create` by any role is enough. Without it, they alone at any time. Example: "2026-12-01T08:00:00Z"
       */
      caseAdminRequiredTime?: string;
      /**
       * Names of entries of spec.administrators that have a user: they may take over any support case. Example: [grace]
       */
      elevatedContacts?: string[];
      /**
       * How many elevated contacts there may be. Default: 3. Example: 2
       */
      maxElevatedContacts?: number;
    };
    /**
     * What people are told of support access, and how. Told are the entries of spec.administrators that have an email, and recipients. Example: {mail: {host: smtp.example.com, from: support-access@example.com}}
     */
    notices?: {
      /**
       * The mail server. Example: {host: smtp.example.com, from: support-access@example.com, credentialsSecretRef: {name: support-access-smtp}}
       */
      mail?: {
        /**
         * Its name, which its certificate must carry, or its address. Example: smtp.example.com
         */
        host: string;
        /**
         * Its port. Default: 587 with StartTLS, 465 with Implicit, 25 with Disabled. Example: 587
         */
        port?: number;
        /**
         * StartTLS: asks for TLS before anything is said, and sends nothing without. Implicit: TLS from the first byte. Disabled: mails can be read on their way, and no credentials are sent. Default: StartTLS. Example: Implicit
         */
        tls?: 'StartTLS' | 'Implicit' | 'Disabled';
        /**
         * The authorities of the server's certificate as PEM; without it, the public ones. Example: -----BEGIN CERTIFICATE-----...
         */
        ca?: string;
        /**
         * The sender. Example: support-access@example.com
         */
        from: string;
        /**
         * A Secret in the release namespace with `username` and `password`; its name must also stand in the chart's value operator.noticeSecretNames. Example: {name: support-access-smtp}
         */
        credentialsSecretRef?: {
          /**
           * The Secret's name. Example: support-access-smtp
           */
          name: string;
        };
      };
      /**
       * Who is told besides the administrators. Example: [security@example.com]
       */
      recipients?: string[];
      /**
       * Chat and ticket systems that are told. Example: [{name: tickets, url: https://tickets.example.com/hook, secretRef: {name: support-access-tickets}}]
       */
      webhooks?: {
        /**
         * What it is called in records and conditions. Example: tickets
         */
        name: string;
        /**
         * Where it is called; as `url` in the Secret where the address itself is a secret, as of Slack. Example: https://tickets.example.com/hook
         */
        url?: string;
        /**
         * In which form: Standard is JSON, signed as Standard Webhooks says. Default: Standard. Example: Slack
         */
        format?: 'Standard' | 'Slack' | 'Teams';
        /**
         * A Secret in the release namespace with `secret` (whsec_ and base64, the key of the signature) or `url`; its name must also stand in the chart's value operator.noticeSecretNames. Example: {name: support-access-tickets}
         */
        secretRef?: {
          /**
           * The Secret's name. Example: support-access-tickets
           */
          name: string;
        };
        /**
         * The authorities of its certificate as PEM; without it, the public ones. Example: -----BEGIN CERTIFICATE-----...
         */
        ca?: string;
      }[];
      /**
       * Addresses inside of your network that webhooks may be at; any other must be of the internet. Example: [10.0.0.0/24]
       */
      allowedInnerCIDRs?: string[];
      /**
       * Which notices are sent; without it, all. Example: [AccessEnabled, AccessDisabled, GrantOpened]
       */
      events?: (
        | 'AccessEnabled'
        | 'AccessDisabled'
        | 'GrantOpened'
        | 'GrantEnded'
        | 'GrantExpiring'
        | 'Locked'
        | 'LockLifted'
        | 'UserAdded'
        | 'AttemptRefused'
        | 'CertificateExpiring'
        | 'RecordsFilling'
        | 'CaseMail'
      )[];
      /**
       * In which language. Default: en. Example: de
       */
      language?: 'en' | 'de';
      /**
       * On whose clocks times are shown, beside the instant, as the IANA names the zone. Default: UTC. Example: Europe/Berlin
       */
      timeZone?: string;
      /**
       * How long before its end people are told that a grant will end, in seconds. Default: 3600 (one hour). Example: 86400
       */
      expiringSoonSeconds?: number;
      /**
       * How long a notice that cannot be delivered is tried again, in seconds. Default: 259200 (three days). Example: 86400
       */
      giveUpAfterSeconds?: number;
    };
    /**
     * Whether a grant is closed when neither it nor this policy lists addresses. Default: Enabled. Example: Enabled
     */
    requireAllowedCIDRs?: 'Enabled' | 'Disabled';
    /**
     * The identity provider of the vendor's support people. Example: {identityProvider: {metadata: <EntityDescriptor/>}}
     */
    sso?: {
      /**
       * Whose SAML responses are accepted: entity id, sign-in URL and certificates, or metadata instead of the three. Example: {entityID: https://idp.example.com, signInURL: https://idp.example.com/sso, certificates: [PEM]}
       */
      identityProvider: {
        /**
         * The issuer that SAML responses must name. Example: https://idp.example.com/metadata
         */
        entityID?: string;
        /**
         * Where people are sent to sign in (HTTP-Redirect). Example: https://idp.example.com/sso
         */
        signInURL?: string;
        /**
         * The certificates that sign the SAML responses, each as PEM or as the base64 of one. Example: [-----BEGIN CERTIFICATE-----...]
         */
        certificates?: string[];
        /**
         * The provider's SAML metadata as XML, instead of the three above. Example: <EntityDescriptor/>
         */
        metadata?: string;
      };
      /**
       * Whether sign-in requests to the identity provider are signed. Default: Enabled. Example: Enabled
       */
      requestSigning?: 'Enabled' | 'Disabled';
      /**
       * Whether the identity provider must ask people for their credentials at each sign-in. Default: Enabled. Example: Enabled
       */
      forceAuthn?: 'Enabled' | 'Disabled';
      /**
       * What of a SAML response must be signed: Either, the assertion or the response around it, or Both. Each signature that is there must be right. Default: Either. Example: Both
       */
      signedParts?: 'Either' | 'Both';
      /**
       * The NameID format to ask for; Unspecified asks for none. Default: Unspecified. Example: Persistent
       */
      nameIDFormat?: 'EmailAddress' | 'Persistent' | 'Unspecified';
      /**
       * Accepted ways of having signed in; an empty list accepts all. Example: [urn:oasis:names:tc:SAML:2.0:ac:classes:TimeSyncToken]
       */
      authnContexts?: string[];
      /**
       * Which SAML attribute must equal which entry of spec.attributes of the SupportUser. Example: [{name: employeeNumber, attribute: urn:oid:2.16.840.1.113730.3.1.3}]
       */
      attributes?: {
        /**
         * The name of the entry in spec.attributes of the SupportUser. Example: employeeNumber
         */
        name: string;
        /**
         * The Name of the SAML attribute. Example: urn:oid:2.16.840.1.113730.3.1.3
         */
        attribute: string;
      }[];
      /**
       * How far the identity provider's clock may be off, in seconds. Default: 60. Example: 60
       */
      clockSkewSeconds?: number;
    };
    /**
     * How long a signed-in person stays signed in. Example: {idleSeconds: 1800, absoluteSeconds: 28800}
     */
    session?: {
      /**
       * A session without a request for this long ends, in seconds. Default: 1800 (30 minutes). Example: 900
       */
      idleSeconds?: number;
      /**
       * A session ends this long after the sign-in, used or not, in seconds. Default: 28800 (8 hours). Example: 14400
       */
      absoluteSeconds?: number;
      /**
       * How many sessions one person may have at once; a sign-in beyond ends the oldest. Default: 5. Example: 2
       */
      maxConcurrent?: number;
      /**
       * Whether a session works only from the address of its sign-in. Default: Enabled. Example: Enabled
       */
      boundAddress?: 'Enabled' | 'Disabled';
    };
    /**
     * How short and how long a grant may be. Example: {minSeconds: 86400, maxSeconds: 157680000}
     */
    duration?: {
      /**
       * How long a grant must last at least, in seconds. Default: no minimum. Example: 86400
       */
      minSeconds?: number;
      /**
       * How long a grant may last at most, in seconds. Default: no maximum. Example: 2592000
       */
      maxSeconds?: number;
    };
    /**
     * About the Kubernetes rights of support identities, the ServiceAccounts that support people act as. Example: {toleratedBindings: []}
     */
    rights?: {
      /**
       * Bindings that give rights to support identities too, and that you accept; any other keeps grants closed. Example: [{kind: ClusterRoleBinding, name: everyone-may-see-nodes}]
       */
      toleratedBindings?: {
        /**
         * The kind of binding. Example: ClusterRoleBinding
         */
        kind: 'RoleBinding' | 'ClusterRoleBinding';
        /**
         * The namespace of a RoleBinding. Example: ecase
         */
        namespace?: string;
        /**
         * The binding's name. Example: everyone-may-see-nodes
         */
        name: string;
      }[];
      /**
       * Names that no role may have, beside those of the installation (`reservedRoles.names` of the chart). They are compared by their lower-case letters and digits. Example: [Vendor Support]
       */
      reservedRoleNames?: string[];
    };
  };
  /**
   * What the product reports about this object; it cannot open access. Example: {observedGeneration: 3, conditions: []}
   */
  status?: {
    /**
     * The metadata.generation that this status is about; while it is lower than the object's, the latest change has not been looked at, and -1 says that the object never was. Default: -1. Example: 3
     */
    observedGeneration?: number;
    /**
     * Who asked for the spec of this generation, and how surely that is known: proved by the API server's client certificate, claimed by one admission review that fits what was stored, or unknown. Example: {generation: 3, certainty: claimed, username: grace}
     */
    requester?: {
      /**
       * The generation that was asked for. Example: 3
       */
      generation: number;
      /**
       * How surely the requester is known: proved, claimed or unknown. Example: claimed
       */
      certainty: 'proved' | 'claimed' | 'unknown';
      /**
       * The requester's name at the API server; absent when unknown. Example: grace
       */
      username?: string;
    };
    /**
     * What is true about this object now, one entry for each type: Ready (everything that this object asks for has been applied), SSOReady (people can sign in with the identity provider; the message names what is wrong with it, and from 30 days before what ends), CertificatesReady (the support host has a certificate, and the gateway can use each Secret in tlsSecretRefs; the message names what is wrong with which), IdentitiesExclusive (only the gateway may act as the support identities; the message names by which bindings others may), AdmissionReady (the API server asks admission of what opens or widens, and trusts it; the message names what was wiped or is missing) and Active (the master switch); RecordsUnavailable only while the records take nothing, its message says why; RecordsFilling only while their volume is used by 70 % or more; ClockOff only while the clock of the operator, a gateway or the webhook is more than 5 s from the API server's. Example: [{type: Ready, status: "True", reason: Enforced, message: Everything that this object asks for has been applied}]
     */
    conditions?: {
      /**
       * What the condition is about. Example: Ready
       */
      type: string;
      /**
       * Whether it holds. Example: "True"
       */
      status: 'True' | 'False' | 'Unknown';
      /**
       * Why, as one word that does not change between releases. Example: Expired
       */
      reason: string;
      /**
       * Why, in a sentence for people. Example: The grant ended at 2026-12-03T08:00:00Z
       */
      message: string;
      /**
       * When the status last changed. Example: "2026-12-01T08:00:00Z"
       */
      lastTransitionTime: string;
      /**
       * The metadata.generation that the condition is about. Example: 3
       */
      observedGeneration?: number;
    }[];
  };
}
