/* Generated from crds/manifests by tools/generate.ts, do not edit. */
/* oxlint-disable */
/** What the schema of a SupportPermissionMatrix asks for; lengths are of characters. */
export const matrixSchema = {
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
        "SupportPermissionMatrix"
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
          "example": "casepoint-ecase-1"
        }
      },
      "open": true
    },
    "spec": {
      "type": "object",
      "required": [
        "system",
        "revision",
        "masking",
        "modules"
      ],
      "example": "{system: casepoint-ecase, revision: 1, masking: Enabled, modules: [{name: Jobs, access: Read}]}",
      "properties": {
        "system": {
          "type": "string",
          "minLength": 1,
          "maxLength": 63,
          "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$",
          "message": "must have lower-case letters, digits and - only, with a letter or digit at both ends, such as casepoint-ecase",
          "example": "casepoint-ecase"
        },
        "revision": {
          "type": "integer",
          "minimum": 1,
          "maximum": 1000000,
          "example": "1"
        },
        "title": {
          "type": "string",
          "maxLength": 200,
          "example": "Casepoint eCase, Support Admin"
        },
        "description": {
          "type": "string",
          "maxLength": 4096,
          "example": "The categories of the eCase administration guide"
        },
        "masking": {
          "type": "string",
          "enum": [
            "Enabled",
            "Disabled"
          ],
          "maxLength": 8,
          "example": "Enabled"
        },
        "maskedClasses": {
          "type": "array",
          "minItems": 1,
          "maxItems": 16,
          "example": "[EmailAddress]",
          "unique": true,
          "items": {
            "type": "string",
            "enum": [
              "EmailAddress",
              "Iban",
              "PaymentCard",
              "NationalId",
              "PhoneNumber",
              "DateOfBirth",
              "IpAddress",
              "Secret"
            ],
            "maxLength": 32
          }
        },
        "maskedFields": {
          "type": "array",
          "minItems": 1,
          "maxItems": 100,
          "example": "[birthDate, customer_name]",
          "unique": true,
          "items": {
            "type": "string",
            "minLength": 1,
            "maxLength": 64,
            "pattern": "^[^\\t\\n\\f\\r \\x00-\\x1f\\x7f\"\\x27<>&=]([^\\x00-\\x1f\\x7f\"\\x27<>&=]*[^\\t\\n\\f\\r \\x00-\\x1f\\x7f\"\\x27<>&=])?$",
            "message": "must be the name of a field, without quotation marks, < > & or =, and no space at an end, such as birthDate"
          }
        },
        "maskedPatterns": {
          "type": "array",
          "minItems": 1,
          "maxItems": 16,
          "example": "[{pattern: '(?i)patient no [[:digit:]]+', example: Patient No 4711}]",
          "items": {
            "type": "object",
            "required": [
              "pattern",
              "example"
            ],
            "properties": {
              "pattern": {
                "type": "string",
                "minLength": 1,
                "maxLength": 256,
                "example": "'(?i)patient no [[:digit:]]+'"
              },
              "example": {
                "type": "string",
                "minLength": 1,
                "maxLength": 256,
                "example": "Patient No 4711"
              }
            }
          }
        },
        "hostNames": {
          "type": "array",
          "minItems": 1,
          "maxItems": 100,
          "example": "[localhost]",
          "unique": true,
          "items": {
            "type": "string",
            "minLength": 1,
            "maxLength": 63,
            "pattern": "^[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?$",
            "message": "must be the name of a host without a dot, of letters, digits and - only, such as localhost"
          }
        },
        "downloadActions": {
          "type": "array",
          "minItems": 1,
          "maxItems": 50,
          "example": "[Download]",
          "unique": true,
          "items": {
            "type": "string",
            "minLength": 1,
            "maxLength": 100,
            "pattern": "^[^\\t\\n\\f\\r \\x00-\\x1f\\x7f]([^\\x00-\\x1f\\x7f]*[^\\t\\n\\f\\r \\x00-\\x1f\\x7f])?$",
            "message": "must not begin or end with a space, nor contain a line break or another control character; write for example Download"
          }
        },
        "binaryMessages": {
          "type": "string",
          "enum": [
            "Passed",
            "Refused"
          ],
          "maxLength": 7,
          "example": "Passed"
        },
        "appliesTo": {
          "type": "object",
          "example": "{versions: '>=26.1.3.0', editions: [SaaS]}",
          "properties": {
            "versions": {
              "type": "string",
              "minLength": 1,
              "maxLength": 128,
              "example": "'>=26.1.3.0'"
            },
            "editions": {
              "type": "array",
              "maxItems": 20,
              "example": "[SaaS]",
              "unique": true,
              "items": {
                "type": "string",
                "minLength": 1,
                "maxLength": 100,
                "pattern": "^[^\\t\\n\\f\\r \\x00-\\x1f\\x7f]([^\\x00-\\x1f\\x7f]*[^\\t\\n\\f\\r \\x00-\\x1f\\x7f])?$",
                "message": "must not begin or end with a space, nor contain a line break or another control character; write for example SaaS"
              }
            }
          }
        },
        "actions": {
          "type": "array",
          "minItems": 1,
          "maxItems": 50,
          "example": "[Create, Edit]",
          "unique": true,
          "items": {
            "type": "string",
            "minLength": 1,
            "maxLength": 100,
            "pattern": "^[^\\t\\n\\f\\r \\x00-\\x1f\\x7f]([^\\x00-\\x1f\\x7f]*[^\\t\\n\\f\\r \\x00-\\x1f\\x7f])?$",
            "message": "must not begin or end with a space, nor contain a line break or another control character; write for example Create"
          }
        },
        "modules": {
          "type": "array",
          "minItems": 1,
          "maxItems": 100,
          "example": "[{name: Jobs, access: Read}]",
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
                "message": "must not begin or end with a space, nor contain a line break or another control character; write for example Jobs",
                "example": "Jobs"
              },
              "access": {
                "type": "string",
                "enum": [
                  "Read",
                  "Limited",
                  "Everything"
                ],
                "maxLength": 10,
                "example": "Limited"
              },
              "note": {
                "type": "string",
                "maxLength": 500,
                "example": "'15. Edit connections (view only)'"
              },
              "actions": {
                "type": "array",
                "maxItems": 50,
                "example": "[Save]",
                "unique": true,
                "items": {
                  "type": "string",
                  "minLength": 1,
                  "maxLength": 100,
                  "pattern": "^[^\\t\\n\\f\\r \\x00-\\x1f\\x7f]([^\\x00-\\x1f\\x7f]*[^\\t\\n\\f\\r \\x00-\\x1f\\x7f])?$",
                  "message": "must not begin or end with a space, nor contain a line break or another control character; write for example Save"
                }
              },
              "subModules": {
                "type": "array",
                "maxItems": 50,
                "example": "[{name: Job Log, access: Limited, actions: [Clear Job Log]}]",
                "key": "name",
                "items": {
                  "type": "object",
                  "required": [
                    "name",
                    "access"
                  ],
                  "properties": {
                    "name": {
                      "type": "string",
                      "minLength": 1,
                      "maxLength": 100,
                      "pattern": "^[^\\t\\n\\f\\r \\x00-\\x1f\\x7f]([^\\x00-\\x1f\\x7f]*[^\\t\\n\\f\\r \\x00-\\x1f\\x7f])?$",
                      "message": "must not begin or end with a space, nor contain a line break or another control character; write for example Job Log",
                      "example": "Job Log"
                    },
                    "access": {
                      "type": "string",
                      "enum": [
                        "Read",
                        "Limited",
                        "Everything"
                      ],
                      "maxLength": 10,
                      "example": "Limited"
                    },
                    "note": {
                      "type": "string",
                      "maxLength": 500,
                      "example": "'15. Edit connections (view only)'"
                    },
                    "actions": {
                      "type": "array",
                      "maxItems": 50,
                      "example": "[Clear Job Log]",
                      "unique": true,
                      "items": {
                        "type": "string",
                        "minLength": 1,
                        "maxLength": 100
                      }
                    }
                  }
                }
              }
            }
          }
        },
        "disabledActions": {
          "type": "array",
          "maxItems": 200,
          "example": "[{module: Jobs, action: Delete}]",
          "items": {
            "type": "object",
            "required": [
              "module"
            ],
            "properties": {
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
              "note": {
                "type": "string",
                "maxLength": 500,
                "example": "8. Export reports"
              },
              "action": {
                "type": "string",
                "minLength": 1,
                "maxLength": 100,
                "pattern": "^[^\\t\\n\\f\\r \\x00-\\x1f\\x7f]([^\\x00-\\x1f\\x7f]*[^\\t\\n\\f\\r \\x00-\\x1f\\x7f])?$",
                "message": "must not begin or end with a space, nor contain a line break or another control character; write for example Delete",
                "example": "Delete"
              }
            }
          }
        },
        "kubernetes": {
          "type": "object",
          "required": [
            "clusterRole",
            "rules"
          ],
          "example": "{clusterRole: support-access-matrix-casepoint-ecase-1, rules: []}",
          "properties": {
            "clusterRole": {
              "type": "string",
              "minLength": 1,
              "maxLength": 253,
              "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$",
              "message": "must be a name as Kubernetes objects have it: lower-case letters, digits, - and ., with a letter or digit at both ends, such as support-access-matrix-casepoint-ecase-1",
              "example": "support-access-matrix-casepoint-ecase-1"
            },
            "rules": {
              "type": "array",
              "minItems": 1,
              "maxItems": 50,
              "example": "[{apiGroups: [apps], resources: [deployments], verbs: [get, list]}]",
              "items": {
                "type": "object",
                "required": [
                  "apiGroups",
                  "resources",
                  "verbs"
                ],
                "properties": {
                  "apiGroups": {
                    "type": "array",
                    "minItems": 1,
                    "maxItems": 10,
                    "example": "[apps]",
                    "unique": true,
                    "items": {
                      "type": "string",
                      "maxLength": 253
                    }
                  },
                  "resources": {
                    "type": "array",
                    "minItems": 1,
                    "maxItems": 20,
                    "example": "[deployments, pods/log]",
                    "unique": true,
                    "items": {
                      "type": "string",
                      "minLength": 1,
                      "maxLength": 253
                    }
                  },
                  "resourceNames": {
                    "type": "array",
                    "maxItems": 50,
                    "example": "[ecase]",
                    "unique": true,
                    "items": {
                      "type": "string",
                      "minLength": 1,
                      "maxLength": 253
                    }
                  },
                  "verbs": {
                    "type": "array",
                    "minItems": 1,
                    "maxItems": 8,
                    "example": "[get, list, watch]",
                    "unique": true,
                    "items": {
                      "type": "string",
                      "enum": [
                        "get",
                        "list",
                        "watch",
                        "create",
                        "update",
                        "patch",
                        "delete"
                      ],
                      "maxLength": 16
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
  }
};
