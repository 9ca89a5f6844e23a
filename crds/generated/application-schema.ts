/* Generated from crds/manifests by tools/generate.ts, do not edit. */
/* oxlint-disable */
/** What the schema of a SupportApplication asks for; lengths are of characters. */
export const applicationSchema = {
  "type": "object",
  "required": [
    "apiVersion",
    "kind",
    "metadata",
    "spec"
  ],
  "properties": {
    "apiVersion": {
      "type": "string",
      "enum": [
        "supportaccess.dev/v1beta1"
      ]
    },
    "kind": {
      "type": "string",
      "enum": [
        "SupportApplication"
      ]
    },
    "metadata": {
      "type": "object",
      "required": [
        "name"
      ],
      "properties": {
        "name": {
          "type": "string",
          "maxLength": 253,
          "example": "ecase"
        }
      },
      "open": true
    },
    "spec": {
      "type": "object",
      "required": [
        "host",
        "serviceRef",
        "routes"
      ],
      "example": "{host: ecase.apps.example.com, serviceRef: {name: ecase, port: 8080}, routes: []}",
      "properties": {
        "host": {
          "type": "string",
          "minLength": 1,
          "maxLength": 253,
          "example": "ecase.apps.example.com"
        },
        "url": {
          "type": "string",
          "minLength": 1,
          "maxLength": 2048,
          "example": "https://ecase.example.com/"
        },
        "serviceRef": {
          "type": "object",
          "required": [
            "name",
            "port"
          ],
          "example": "{name: ecase, port: 8080}",
          "properties": {
            "name": {
              "type": "string",
              "minLength": 1,
              "maxLength": 63,
              "pattern": "^[a-z]([-a-z0-9]*[a-z0-9])?$",
              "message": "must be the name of a Service: lower-case letters, digits and -, with a letter at the beginning and a letter or digit at the end, such as ecase",
              "example": "ecase"
            },
            "port": {
              "type": "integer",
              "minimum": 1,
              "maximum": 65535,
              "example": "8080"
            }
          }
        },
        "tls": {
          "type": "object",
          "example": "{caRef: {name: support-access-application-ca, key: ca.crt}}",
          "properties": {
            "serverName": {
              "type": "string",
              "minLength": 1,
              "maxLength": 253,
              "example": "ecase.internal.example.com"
            },
            "caRef": {
              "type": "object",
              "required": [
                "name",
                "key"
              ],
              "example": "{name: support-access-application-ca, key: ca.crt}",
              "properties": {
                "name": {
                  "type": "string",
                  "minLength": 1,
                  "maxLength": 253,
                  "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$",
                  "message": "must be a name as Kubernetes objects have it: lower-case letters, digits, - and ., with a letter or digit at both ends, such as support-access-application-ca",
                  "example": "support-access-application-ca"
                },
                "key": {
                  "type": "string",
                  "minLength": 1,
                  "maxLength": 253,
                  "pattern": "^[-._a-zA-Z0-9]+$",
                  "message": "must have letters, digits, -, _ and . only, such as ca.crt",
                  "example": "ca.crt"
                }
              }
            }
          }
        },
        "version": {
          "type": "string",
          "minLength": 1,
          "maxLength": 64,
          "example": "26.1.3.0"
        },
        "edition": {
          "type": "string",
          "minLength": 1,
          "maxLength": 100,
          "pattern": "^[^\\t\\n\\f\\r \\x00-\\x1f\\x7f]([^\\x00-\\x1f\\x7f]*[^\\t\\n\\f\\r \\x00-\\x1f\\x7f])?$",
          "message": "must not begin or end with a space, nor contain a line break or another control character; write for example SaaS",
          "example": "SaaS"
        },
        "maxAttachmentSizeMB": {
          "type": "integer",
          "minimum": 1,
          "maximum": 10240,
          "example": "50"
        },
        "freshness": {
          "type": "object",
          "example": "{maxStalenessSeconds: 1}",
          "properties": {
            "maxStalenessSeconds": {
              "type": "integer",
              "minimum": 0,
              "maximum": 5,
              "example": "1"
            }
          }
        },
        "timeouts": {
          "type": "object",
          "example": "{firstByteSeconds: 120}",
          "properties": {
            "firstByteSeconds": {
              "type": "integer",
              "minimum": 1,
              "maximum": 3600,
              "example": "120"
            },
            "uploadIdleSeconds": {
              "type": "integer",
              "minimum": 1,
              "maximum": 3600,
              "example": "30"
            }
          }
        },
        "allowedOrigins": {
          "type": "array",
          "maxItems": 20,
          "example": "[https://reports.apps.example.com]",
          "items": {
            "type": "string",
            "minLength": 1,
            "maxLength": 300
          }
        },
        "callers": {
          "type": "array",
          "maxItems": 20,
          "example": "[{serviceAccountName: ecase}]",
          "items": {
            "type": "object",
            "required": [
              "serviceAccountName"
            ],
            "properties": {
              "serviceAccountName": {
                "type": "string",
                "minLength": 1,
                "maxLength": 253,
                "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$",
                "message": "must be a name as Kubernetes objects have it: lower-case letters, digits, - and ., with a letter or digit at both ends, such as ecase",
                "example": "ecase"
              }
            }
          }
        },
        "assignmentFields": {
          "type": "array",
          "maxItems": 50,
          "example": "[assigneeId, assigned_to]",
          "unique": true,
          "items": {
            "type": "string",
            "minLength": 1,
            "maxLength": 100,
            "pattern": "^[A-Za-z0-9_.-]*[A-Za-z0-9][A-Za-z0-9_.-]*$",
            "message": "must be the name of one field, of letters, digits and the signs _ . -, such as assigneeId"
          }
        },
        "forwardHeaders": {
          "type": "object",
          "example": "{request: [Authorization]}",
          "properties": {
            "request": {
              "type": "array",
              "maxItems": 50,
              "example": "[Authorization]",
              "items": {
                "type": "string",
                "minLength": 1,
                "maxLength": 64,
                "pattern": "^[A-Za-z0-9-]+$",
                "message": "must be the name of a header, with letters, digits and hyphens only, such as Authorization"
              }
            },
            "response": {
              "type": "array",
              "maxItems": 50,
              "example": "[Warning]",
              "items": {
                "type": "string",
                "minLength": 1,
                "maxLength": 64,
                "pattern": "^[A-Za-z0-9-]+$",
                "message": "must be the name of a header, with letters, digits and hyphens only, such as Warning"
              }
            }
          }
        },
        "pathForms": {
          "type": "array",
          "maxItems": 4,
          "example": "[MatrixParameters]",
          "items": {
            "type": "string",
            "enum": [
              "MatrixParameters",
              "EmptySegments",
              "EncodedSlash",
              "EncodedPercent"
            ],
            "maxLength": 16
          }
        },
        "routes": {
          "type": "array",
          "maxItems": 500,
          "example": "[{name: jobs, methods: [GET], path: /jobs, module: Jobs, action: Read}]",
          "items": {
            "type": "object",
            "required": [
              "name",
              "methods",
              "path"
            ],
            "properties": {
              "name": {
                "type": "string",
                "minLength": 1,
                "maxLength": 100,
                "pattern": "^[^\\t\\n\\f\\r \\x00-\\x1f\\x7f]([^\\x00-\\x1f\\x7f]*[^\\t\\n\\f\\r \\x00-\\x1f\\x7f])?$",
                "message": "must not begin or end with a space, nor contain a line break or another control character; write for example job-details",
                "example": "job-details"
              },
              "type": {
                "type": "string",
                "enum": [
                  "Action",
                  "Static"
                ],
                "maxLength": 6,
                "example": "Static"
              },
              "methods": {
                "type": "array",
                "minItems": 1,
                "maxItems": 7,
                "example": "[GET, HEAD]",
                "unique": true,
                "items": {
                  "type": "string",
                  "enum": [
                    "GET",
                    "HEAD",
                    "POST",
                    "PUT",
                    "PATCH",
                    "DELETE",
                    "OPTIONS"
                  ],
                  "maxLength": 7
                }
              },
              "path": {
                "type": "string",
                "minLength": 1,
                "maxLength": 512,
                "example": "/jobs/{id}"
              },
              "query": {
                "type": "array",
                "maxItems": 8,
                "example": "[{name: action, value: export}]",
                "key": "name",
                "items": {
                  "type": "object",
                  "required": [
                    "name"
                  ],
                  "properties": {
                    "name": {
                      "type": "string",
                      "minLength": 1,
                      "maxLength": 100,
                      "pattern": "^[^\\t\\n\\f\\r \\x00-\\x1f\\x7f]([^\\x00-\\x1f\\x7f]*[^\\t\\n\\f\\r \\x00-\\x1f\\x7f])?$",
                      "message": "must not begin or end with a space, nor contain a line break or another control character; write for example action",
                      "example": "action"
                    },
                    "value": {
                      "type": "string",
                      "maxLength": 200,
                      "example": "export"
                    }
                  }
                }
              },
              "contentTypes": {
                "type": "array",
                "minItems": 1,
                "maxItems": 10,
                "example": "[text/csv]",
                "unique": true,
                "items": {
                  "type": "string",
                  "minLength": 3,
                  "maxLength": 100,
                  "pattern": "^[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*$",
                  "message": "must be a media type in lower case without parameters, such as text/csv"
                }
              },
              "recorded": {
                "type": "array",
                "maxItems": 5,
                "example": "[id]",
                "unique": true,
                "items": {
                  "type": "string",
                  "minLength": 1,
                  "maxLength": 100,
                  "pattern": "^[A-Za-z][A-Za-z0-9]*$",
                  "message": "must be the name of a placeholder without its braces, such as id"
                }
              },
              "methodParameter": {
                "type": "string",
                "enum": [
                  "Allowed",
                  "Refused"
                ],
                "maxLength": 7,
                "example": "Allowed"
              },
              "timeouts": {
                "type": "object",
                "example": "{firstByteSeconds: 120}",
                "properties": {
                  "firstByteSeconds": {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": 3600,
                    "example": "120"
                  },
                  "uploadIdleSeconds": {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": 3600,
                    "example": "30"
                  }
                }
              },
              "upgrade": {
                "type": "string",
                "enum": [
                  "WebSocket"
                ],
                "maxLength": 9,
                "example": "WebSocket"
              },
              "module": {
                "type": "string",
                "minLength": 1,
                "maxLength": 100,
                "pattern": "^[^\\t\\n\\f\\r \\x00-\\x1f\\x7f]([^\\x00-\\x1f\\x7f]*[^\\t\\n\\f\\r \\x00-\\x1f\\x7f])?$",
                "message": "must not begin or end with a space, nor contain a line break or another control character; write for example Jobs",
                "example": "Jobs"
              },
              "subModule": {
                "type": "string",
                "minLength": 1,
                "maxLength": 100,
                "pattern": "^[^\\t\\n\\f\\r \\x00-\\x1f\\x7f]([^\\x00-\\x1f\\x7f]*[^\\t\\n\\f\\r \\x00-\\x1f\\x7f])?$",
                "message": "must not begin or end with a space, nor contain a line break or another control character; write for example Job Log",
                "example": "Job Log"
              },
              "action": {
                "type": "string",
                "minLength": 1,
                "maxLength": 100,
                "pattern": "^[^\\t\\n\\f\\r \\x00-\\x1f\\x7f]([^\\x00-\\x1f\\x7f]*[^\\t\\n\\f\\r \\x00-\\x1f\\x7f])?$",
                "message": "must not begin or end with a space, nor contain a line break or another control character; write for example Clear Job Log",
                "example": "Clear Job Log"
              }
            }
          }
        }
      }
    }
  }
};
