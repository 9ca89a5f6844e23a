/* Generated from crds/manifests by tools/generate.ts, do not edit. */
/* oxlint-disable */
import type {ObjectMeta} from '../object-meta.ts';

/**
 * An application that support may be let into, through a host of its own at the gateway.
 */
export interface SupportApplication {
  apiVersion: 'supportaccess.dev/v1beta1';
  kind: 'SupportApplication';
  metadata: ObjectMeta;
  /**
   * Where the application is and what its requests mean. Example: {host: ecase.apps.example.com, serviceRef: {name: ecase, port: 8080}, routes: []}
   */
  spec: {
    /**
     * The host under which the gateway serves the application. Example: ecase.apps.example.com
     */
    host: string;
    /**
     * The address that the application's own users know. For your information only: the gateway never connects to it. Example: https://ecase.example.com/
     */
    url?: string;
    /**
     * The Service that answers, in the same namespace. Example: {name: ecase, port: 8080}
     */
    serviceRef: {
      /**
       * The Service's name. Example: ecase
       */
      name: string;
      /**
       * The Service's port. Example: 8080
       */
      port: number;
    };
    /**
     * TLS between the gateway and the Service. Without it the Service's appProtocol decides: https means TLS with a certificate of a public authority. Example: {caRef: {name: support-access-application-ca, key: ca.crt}}
     */
    tls?: {
      /**
       * The name that the certificate must be for; without it, the Service's, as in ecase.ecase.svc. Example: ecase.internal.example.com
       */
      serverName?: string;
      /**
       * A ConfigMap in the same namespace with the authorities that may have signed the certificate, as PEM; no other is trusted then. The ConfigMap's name must also stand in the chart's value gateway.caConfigMapNames. Example: {name: support-access-application-ca, key: ca.crt}
       */
      caRef?: {
        /**
         * The ConfigMap's name. Example: support-access-application-ca
         */
        name: string;
        /**
         * The key in its data. Example: ca.crt
         */
        key: string;
      };
    };
    /**
     * The application's version, compared with what a matrix fits. Example: 26.1.3.0
     */
    version?: string;
    /**
     * The application's edition, compared with what a matrix fits. Example: SaaS
     */
    edition?: string;
    /**
     * The largest request body that support people may send, in MiB. Default: 10. Example: 50
     */
    maxAttachmentSizeMB?: number;
    /**
     * How old what a request is decided by may be. Example: {maxStalenessSeconds: 1}
     */
    freshness?: {
      /**
       * How long one reading of the API server may serve the GET and HEAD requests of a session that only look, in seconds; a change that is seen before ends it at once. All else is always decided by a new reading. Default: 0. Example: 1
       */
      maxStalenessSeconds?: number;
    };
    /**
     * How long the gateway waits for the application and for the sender of a body; a route may say otherwise. Example: {firstByteSeconds: 120}
     */
    timeouts?: {
      /**
       * How long the first byte of an answer may take once the whole request was sent, in seconds. Default: 60. Example: 120
       */
      firstByteSeconds?: number;
      /**
       * How long a body may stand still, in seconds, be its sender slow or the application; a body that moves may take any time. Default: 60. Example: 30
       */
      uploadIdleSeconds?: number;
    };
    /**
     * Other origins whose pages may send requests to the application in a person's session, and read what it answers; the gateway answers their preflights. Without one only its own pages may. Example: [https://reports.apps.example.com]
     */
    allowedOrigins?: string[];
    /**
     * ServiceAccounts of this namespace that may ask, each with a token of its own, what a session of this application may do, and who the people of support are; without one, none may. Example: [{serviceAccountName: ecase}]
     */
    callers?: {
      /**
       * The ServiceAccount's name. Example: ecase
       */
      serviceAccountName: string;
    }[];
    /**
     * The fields by which the application assigns: whatever their route means, a request whose query, form, JSON or path names a person of support in one of them is refused. Letter case and signs do not count. Default: none. Example: [assigneeId, assigned_to]
     */
    assignmentFields?: string[];
    /**
     * Headers that pass beyond the usual ones. Passwords and tokens of the application itself pass only by being named here. Example: {request: [Authorization]}
     */
    forwardHeaders?: {
      /**
       * Headers that the application may see of a request, beside those that pass for every application. Default: none. Example: [Authorization]
       */
      request?: string[];
      /**
       * Headers that the support person’s browser may see of an answer, beside those that pass for every application; where the matrix masks, they are masked. Default: none. Example: [Warning]
       */
      response?: string[];
    };
    /**
     * Forms of a path that are refused without this, as applications read them differently: MatrixParameters (/a;x=1), EmptySegments (/a//b, forwarded as /a/b), EncodedSlash (%2F in a name), EncodedPercent (%25 in a name). Default: none. Example: [MatrixParameters]
     */
    pathForms?: ('MatrixParameters' | 'EmptySegments' | 'EncodedSlash' | 'EncodedPercent')[];
    /**
     * Which request means which module and action; a request without a route is refused. Example: [{name: jobs, methods: [GET], path: /jobs, module: Jobs, action: Read}]
     */
    routes: {
      /**
       * The route's name, unique in this list, for people who read it. Example: job-details
       */
      name: string;
      /**
       * Static: scripts, style sheets, fonts and pictures, which every person with a session may load; no matrix is asked, and anything else that is answered there is refused. Action: what the module and the action say. Default: Action. Example: Static
       */
      type?: 'Action' | 'Static';
      /**
       * The HTTP methods that it is about. The gateway answers preflights by itself (allowedOrigins); OPTIONS means all others. Example: [GET, HEAD]
       */
      methods: ('GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS')[];
      /**
       * The path of the request: {x} stands for one segment, a last * for the rest. Example: /jobs/{id}
       */
      path: string;
      /**
       * Parameters that the query must have, each exactly once; without a value, any value will do. Of routes with one path the one that demands more counts. Default: any query. Example: [{name: action, value: export}]
       */
      query?: {
        /**
         * The parameter's name, decoded. Example: action
         */
        name: string;
        /**
         * Its value, decoded. Example: export
         */
        value?: string;
      }[];
      /**
       * Of which types the body of the request may be; another one, or none, is not this route. Of routes with one path the one that demands more counts. Default: any type. Example: [text/csv]
       */
      contentTypes?: string[];
      /**
       * Placeholders of the path whose values are recorded with each request, so that the records say which object it was about. Mark none that holds personal data. Default: none. Example: [id]
       */
      recorded?: string[];
      /**
       * Whether a parameter such as _method may name another method, in the query or in the body. Allowed says that the action covers all that the application may make of it; else such a request is refused. Default: Refused. Example: Allowed
       */
      methodParameter?: 'Allowed' | 'Refused';
      /**
       * How long the gateway waits on this route; what is left out is as for the whole application. Example: {firstByteSeconds: 120}
       */
      timeouts?: {
        /**
         * How long the first byte of an answer may take once the whole request was sent, in seconds. Default: that of spec.timeouts. Example: 120
         */
        firstByteSeconds?: number;
        /**
         * How long a body may stand still, in seconds, be its sender slow or the application; a body that moves may take any time. Default: that of spec.timeouts. Example: 30
         */
        uploadIdleSeconds?: number;
      };
      /**
       * The protocol to which a GET of this route may change. The action then covers all messages of both sides: what the application says is masked, each message whole. Default: none, so that the protocol may not change. Example: WebSocket
       */
      upgrade?: 'WebSocket';
      /**
       * The module that it belongs to. Example: Jobs
       */
      module?: string;
      /**
       * The sub-module that it belongs to. Example: Job Log
       */
      subModule?: string;
      /**
       * The action of the matrix that the request means; Read for looking. Example: Clear Job Log
       */
      action?: string;
    }[];
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
     * What is true about this object now, one entry for each type. Example: [{type: Ready, status: "True", reason: Enforced, message: Everything that this object asks for has been applied}]
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
