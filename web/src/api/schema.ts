// SPDX-License-Identifier: Apache-2.0
// Written by web/types/generate.mjs from api/openapi.yaml; not to be edited.

export interface paths {
    "/api/v1/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the server answers */
        get: operations["getHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who the caller is and what they may do */
        get: operations["getSession"];
        put?: never;
        /** Begins a session; its cookie comes with the reply */
        post: operations["logIn"];
        /** Ends the session */
        delete: operations["logOut"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session/second-factor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Gives the session a second factor or a fresher one */
        post: operations["giveSecondFactor"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session/link": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begins a session with a one-time link that the server's operator printed
         * @description For demonstrations and tests, on a server that only its own machine reaches (`clewd --sign-in-link`). The session has its second factor at once.
         */
        post: operations["openLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the page for logging in needs */
        get: operations["getLogin"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/invitation/open": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Whom an invitation is for */
        post: operations["openInvitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/invitation/enrol": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A second factor for the account; a repeated call replaces it */
        post: operations["enrolInvitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/invitation/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sets the password and confirms the second factor */
        post: operations["acceptInvitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Another password; all sessions of the account end */
        post: operations["changePassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account/outcomes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What came of the cases that the caller worked on, the newest case first
         * @description Cases in which the caller voted, revealed a picture or is a member. Of a case that the caller may not see any more, no victims are counted.
         */
        get: operations["listOutcomes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account/second-factor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Confirms it with a code of each; all sessions of the account end */
        put: operations["changeSecondFactor"];
        /** Another second factor, in force when a code of it is given */
        post: operations["enrolSecondFactor"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account/preferences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The caller's own preferences; nobody else reads them */
        get: operations["getPreferences"];
        /** Replaces them; not on record, and gone when the account is closed */
        put: operations["setPreferences"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account/exposure": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How many pictures were revealed to the caller and for how long; nobody else reads it, and days older than 60 are forgotten */
        get: operations["getExposure"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/people": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whom one can work with, by id */
        get: operations["listPeople"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All accounts, by id */
        get: operations["listAccounts"];
        put?: never;
        /** Makes an account; its invitation is shown once */
        post: operations["createAccount"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/accounts/{account}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account: components["parameters"]["Account"];
            };
            cookie?: never;
        };
        /** An account */
        get: operations["getAccount"];
        /** Changes it; other roles or another unit end its sessions */
        put: operations["changeAccount"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/accounts/{account}/reset": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account: components["parameters"]["Account"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Forgets its secrets and gives out a new invitation */
        post: operations["resetAccount"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/accounts/{account}/close": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account: components["parameters"]["Account"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ends the account for good, with its sessions and tokens */
        post: operations["closeAccount"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/units": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All units, by id */
        get: operations["listUnits"];
        put?: never;
        /** Makes a unit */
        post: operations["createUnit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/units/{unit}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                unit: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        /** A unit */
        get: operations["getUnit"];
        /** Changes it */
        put: operations["changeUnit"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/units/{unit}/close": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                unit: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Closes a unit that has no accounts any more */
        post: operations["closeUnit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One's own tokens by id, or those of others for administrators */
        get: operations["listTokens"];
        put?: never;
        /** Makes a token; it is shown once */
        post: operations["createToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens/{token}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Ends a token at once */
        delete: operations["revokeToken"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/schemes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The category schemes that are known */
        get: operations["listSchemes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/schemes/{scheme}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                scheme: string;
            };
            cookie?: never;
        };
        /** One scheme with what there is to vote */
        get: operations["getScheme"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The cases one may see, by id */
        get: operations["listCases"];
        put?: never;
        /** Opens a case of one's own unit; one is its first member */
        post: operations["openCase"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{case}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        /** A case and how far it is */
        get: operations["getCase"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Changes its texts and policy, closes or reopens it */
        patch: operations["changeCase"];
        trace?: never;
    };
    "/api/v1/cases/{case}/progress": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        /** How the case goes on, and when it may be done; of the case, never of a person */
        get: operations["getProgress"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{case}/methods": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        /** How the case was examined and decided, for a report */
        get: operations["getMethods"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{case}/members": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        /** Who works on it */
        get: operations["listMembers"];
        put?: never;
        /** Lets an account work on it */
        post: operations["addMember"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{case}/members/{account}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
                account: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Ends an account's membership */
        delete: operations["removeMember"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{case}/evidence": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        /** What was scanned for it */
        get: operations["listEvidence"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{case}/examinations": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        /** Each scan of its evidence, the first one first; at most 20 on a page */
        get: operations["listExaminations"];
        put?: never;
        /** A scan of an evidence has begun; the same again changes nothing */
        post: operations["addExamination"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{case}/examinations/{examination}/end": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
                examination: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** It has ended; whoever began it says so */
        post: operations["endExamination"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{case}/records": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Records of one evidence; the same again change nothing */
        post: operations["addRecords"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{case}/stacks": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        /** The stacks of a case */
        get: operations["listStacks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{case}/stacks/{stack}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
                stack: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        /** One stack */
        get: operations["getStack"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{case}/stacks/{stack}/media": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
                stack: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        /** The media of a stack, its leader first */
        get: operations["listStackMedia"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{case}/stacks/{stack}/skip": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
                stack: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Not the caller's to see: a lease of it ends, and the queue does not give it to them again; known to nobody else, and not on record */
        post: operations["skipStack"];
        /** Takes that back */
        delete: operations["unskipStack"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{case}/skips": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        /** The stacks that the caller skipped, by id */
        get: operations["listSkips"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{case}/leases": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        /** The stacks that the caller holds */
        get: operations["listLeases"];
        put?: never;
        /** Leases stacks to the caller, those next in order that are free and that their vote brings nearer to a decision; repeated, it leases further ones, up to 20 that one person holds in a case */
        post: operations["leaseStacks"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{case}/leases/renew": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Gives leases that have not ended a new end; others are left as they are */
        post: operations["renewLeases"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{case}/leases/release": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Gives stacks back; others are left as they are */
        post: operations["releaseLeases"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{case}/votes": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** One vote of the caller on each of the media. A lease is not needed; a vote whose lease has ended counts and says that it was late */
        post: operations["castVotes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{case}/votes/undo": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes votes of the caller back; an earlier vote of theirs on the same media counts again */
        post: operations["undoVotes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{case}/votes/{vote}/undo": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
                vote: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes one vote of the caller back */
        post: operations["undoVote"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{case}/media/{media}/votes": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
                media: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        /** Votes and decisions on a media; who may vote, has not, and asks while it is not decided sees only their own */
        get: operations["getVotes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{case}/decisions": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        /** Decisions that stand, the newest first */
        get: operations["listDecisions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{case}/decisions/{decision}/withdraw": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
                decision: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes the entry that a decision became out of its set; later votes do not bring it back */
        post: operations["withdrawDecisionEntry"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{case}/decisions/{decision}/reinstate": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
                decision: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Puts it back */
        post: operations["reinstateDecisionEntry"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{case}/media/{media}/notes": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
                media: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        /** Notes and tags on a media */
        get: operations["listMediaNotes"];
        put?: never;
        /** Writes a note or sets a tag */
        post: operations["addMediaNote"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{case}/stacks/{stack}/notes": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
                stack: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        /** Notes and tags on a stack */
        get: operations["listStackNotes"];
        put?: never;
        /** Writes a note or sets a tag */
        post: operations["addStackNote"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{case}/notes/{note}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
                note: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Removes a note or tag of one's own, or anybody's for who may write the case; that it was there stays on record */
        delete: operations["removeNote"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/statistics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Numbers of the cases one may see, of units and cases, never of persons */
        get: operations["getStatistics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/match": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What is known of up to 1000 hashes, in their order */
        post: operations["matchHashes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/match/picture": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What is known of a picture; it is decoded by a confined worker and kept nowhere */
        post: operations["matchPicture"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/server-key": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The public key that previews are sealed to, and the case of a number */
        get: operations["getServerKey"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{case}/previews": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Previews of what needs eyes, sealed to the server's key; the same again change nothing */
        post: operations["addPreviews"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{case}/media": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        /** Media of a case; a page can be short and still not the last */
        get: operations["listMedia"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{case}/media/order": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        /** The numbers of all media that fit, in order, as they are now; what they are is asked with `ids` of listMedia */
        get: operations["orderMedia"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{case}/media/{media}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
                media: components["parameters"]["Media"];
            };
            cookie?: never;
        };
        /** All that is known of a media in a case */
        get: operations["getMedia"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{case}/media/{media}/comparisons": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
                media: components["parameters"]["Media"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * In which regions a media differs from another one
         * @description It compares the previews of 512 pixels, so small differences may be missed, and of a video one frame. No picture is shown. It says what differs, never which of the two is the original. For an exact match of known material the rule is that of a reveal: who may see the evidence itself, with a purpose.
         */
        post: operations["compareMedia"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{case}/items": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        /** Items of the evidence; a page can be short and still not the last */
        get: operations["listItems"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{case}/media/{media}/reveals": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
                media: components["parameters"]["Media"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Shows a picture; on record */
        post: operations["revealMedia"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{case}/media/{media}/reveals/{reveal}/end": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
                media: components["parameters"]["Media"];
                reveal: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Says how long the picture was shown */
        post: operations["endReveal"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/match/references/{reference}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The entry that a service was told of */
        get: operations["findMatchReference"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All hash sets by name */
        get: operations["listSets"];
        put?: never;
        /** A new set without entries */
        post: operations["createSet"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sets/{set}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A set and what was done to it, the newest acts first */
        get: operations["getSet"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sets/{set}/entries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Entries by their number in the set, without hashes */
        get: operations["listSetEntries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sets/{set}/withdraw": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Entries count no more, at once and also after the next import */
        post: operations["withdrawSetEntries"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sets/{set}/reinstate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ends withdrawals */
        post: operations["reinstateSetEntries"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sets/{set}/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A list that others made; it is read by a confined worker */
        post: operations["importSet"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{case}/documents": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        /** Case documents that came into the case */
        get: operations["listDocuments"];
        put?: never;
        /** Brings a VICS case document into the case; the same one twice changes nothing */
        post: operations["importDocument"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{case}/documents/export": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The case as a VICS case document */
        post: operations["exportDocument"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{case}/media/{media}/views": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
                media: components["parameters"]["Media"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Shows the evidence itself, through the confined worker; on record */
        post: operations["viewMedia"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{case}/items/{item}/export": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
                item: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Hands out the bytes of an item, checked against their digest; on record */
        post: operations["exportItem"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{case}/scans": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        /** Scans that the server ran or runs for the case, newest first */
        get: operations["listScans"];
        put?: never;
        /** Scans a path below an evidence root of the server */
        post: operations["startScan"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{case}/scans/{scan}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
                scan: components["parameters"]["Scan"];
            };
            cookie?: never;
        };
        /** A scan and how far it is */
        get: operations["getScan"];
        put?: never;
        post?: never;
        /** Ends it; what it brought in stays */
        delete: operations["cancelScan"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{case}/scans/{scan}/events": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
                scan: components["parameters"]["Scan"];
            };
            cookie?: never;
        };
        /** The scan as it goes on, as server-sent events "progress" */
        get: operations["followScan"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/series": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Series one may see, by id */
        get: operations["listSeries"];
        put?: never;
        /** Makes a series of one's own unit */
        post: operations["makeSeries"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/series/{series}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                series: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        /** A series and the visible cases of its media */
        get: operations["getSeries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{case}/series/{series}/media": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
                series: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        /** Media of the case that are or were in the series */
        get: operations["listSeriesMedia"];
        put?: never;
        /** Media of the case join the series */
        post: operations["joinSeries"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{case}/series/{series}/leave": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
                series: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Media of the case leave the series */
        post: operations["leaveSeries"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/victims": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Victims one may see, by id */
        get: operations["listVictims"];
        put?: never;
        /** Makes a victim of one's own unit; the reference is no name */
        post: operations["makeVictim"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/victims/{victim}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                victim: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        /** A victim with states and links */
        get: operations["getVictim"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/victims/{victim}/states": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                victim: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Says how far the work is */
        post: operations["setVictimState"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/victims/{victim}/links": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                victim: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Links a media of a case, or a series */
        post: operations["linkVictim"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/victims/{victim}/links/{link}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                victim: components["schemas"]["Id"];
                link: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Takes a link away; it stays in the history */
        delete: operations["unlinkVictim"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/victims/{victim}/name": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                victim: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        get?: never;
        /** Seals a name under a key of its own; by people of the victim's unit */
        put: operations["setVictimName"];
        post?: never;
        /** Destroys the name's key */
        delete: operations["destroyVictimName"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/victims/{victim}/name/read": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                victim: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Opens the name; an act of its own */
        post: operations["readVictimName"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/who": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Notable media that nobody has been identified in; a page may be short while there is more */
        get: operations["listWho"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{case}/links": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        /** Values of the case that are in another visible case too; a page may be short while there is more */
        get: operations["listCaseLinks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{case}/media/{media}/links": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
                media: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        /** Values of the media that are in another visible place too */
        get: operations["listMediaLinks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{case}/identifiers": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        /** Identifiers of the case, by id */
        get: operations["listIdentifiers"];
        put?: never;
        /** Enters an identifier by hand */
        post: operations["addIdentifier"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{case}/identifiers/{identifier}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
                identifier: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Removes an identifier */
        delete: operations["removeIdentifier"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{case}/enquiries": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Asks whether media of the case are known elsewhere */
        post: operations["enquire"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{case}/enquiries/known": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        /** What the case was told of others, as it is now; a page may be short while there is more */
        get: operations["listKnown"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{case}/enquiries/questions": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        /** Who asked about media of the case */
        get: operations["listQuestions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{case}/enquiries/notices": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        /** What is new about enquiries, oldest first */
        get: operations["listNotices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/enquiries/{enquiry}/answer": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                enquiry: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The owner says whether it is the same */
        post: operations["answerEnquiry"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/retention": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Rules for every case without one of its own */
        get: operations["listGeneralRetention"];
        /** Sets a rule for every case without one of its own */
        put: operations["setGeneralRetention"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/retention/due": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is due in visible cases; nothing goes by itself */
        get: operations["listRetentionDue"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{case}/retention": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        /** Rules that hold for the case */
        get: operations["listRetention"];
        /** Sets a rule for the case */
        put: operations["setRetention"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{case}/expunges": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        /** What was asked to go, oldest first */
        get: operations["listExpunges"];
        put?: never;
        /** Asks to expunge; another person must approve */
        post: operations["askExpunge"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/expunges/{expunge}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                expunge: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Expunges what another person asked for */
        post: operations["approveExpunge"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/expunges/{expunge}/refuse": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                expunge: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Refuses what was asked for */
        post: operations["refuseExpunge"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{case}/tombstones": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        /** What went, and how much of it */
        get: operations["listTombstones"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Searches the cases one may see; each search is an act. A page may be short while there is more */
        post: operations["search"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/search/example": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Searches for pictures like this one, which is hashed by the confined worker and not kept */
        post: operations["searchExample"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The record as an auditor of the unit sees it, newest first; a page may be short while there is more */
        get: operations["listLeaves"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cases/{case}/audit": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        /** The record of the case, newest first; a page may be short while there is more */
        get: operations["listCaseLeaves"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit/checkpoint": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The newest signed head (C2SP tlog-checkpoint) */
        get: operations["getCheckpoint"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit/leaves/{leaf}/proof": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                leaf: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        /** Proof of one leaf (C2SP tlog-proof), to be checked without this server */
        get: operations["getProof"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Id: number;
        Sha256: string;
        /** @enum {unknown} */
        PreviewKind: "192" | "512" | "thumbnail" | "strip";
        /** @description As docs/json.md has it, without hashes */
        Known: {
            [key: string]: unknown;
        } | null;
        PreviewComparison: {
            /** @description They show the same */
            comparable: boolean;
            /** @description Why they are not */
            reason: string | null;
            /** @description Of the first picture, that the regions cover */
            share: number | null;
            /** @description What was done to the first picture to make the second */
            orientation: string | null;
            /** @description Of the first picture, the largest first */
            regions: {
                left: number;
                top: number;
                right: number;
                bottom: number;
            }[];
        };
        Progress: {
            /** @description The last 60 days (UTC) on which anything came in or was decided, oldest first */
            days: {
                /** Format: date */
                day: string;
                /** @description Media */
                came_in: number;
                /** @description Media whose decision stands */
                decided: number;
            }[];
            /** @description Of the case in the last 14 days, over hours in which anything was decided; null where that is less than 20 decisions */
            decided_per_hour: number | null;
            /** @description Of such hours, until the open media are decided */
            seconds_left: number | null;
        };
        CaseOutcome: {
            case: components["schemas"]["Id"];
            number: string;
            title: string;
            /** @enum {unknown} */
            state: "open" | "closed" | "expunged";
            opened: components["schemas"]["Time"];
            closed: components["schemas"]["Time"] | null;
            outcome: string | null;
            decided: number;
            /** @description Of media of the case, or of series that hold any, and that the caller may see */
            victims: {
                unidentified: number;
                being_worked: number;
                identified: number;
                safeguarded: number;
            };
        };
        /** @description As clew scan prints it; of sets that which says what they held, and no hash of them */
        Provenance: {
            /** @description Its version */
            clew: string;
            started: string;
            host: string;
            /** @description Cut off behind 16384 bytes */
            command_line: string;
            libraries: string;
            decoders: string;
            /** @description What confined the decoders */
            sandbox: string;
            /** @description Bits, of 256, up to which media matched */
            distance: number;
            min_quality: number;
            /** @description Lanes */
            jobs: number;
            /** @description Which frames were hashed and how */
            videos: string;
            /** @description Of what was examined; which there are differs between versions */
            limits: {
                [key: string]: number;
            };
            sets: {
                name: string;
                kind: string;
                entries: number;
                generation: number;
                digest: string;
            }[];
            /** @description That were asked too and are not named; absent when all are */
            more_sets?: number;
        };
        ExaminationTotals: {
            items: number;
            /** @description Distinct contents */
            media: number;
            exact: number;
            /** @description Without an exact match */
            near: number;
            /** @description Ignorable by a certain match */
            left_out: number;
            /** @description Items by why */
            not_examined: {
                unsupported: number;
                corrupt: number;
                encrypted: number;
                limit: number;
                timeout: number;
                crashed: number;
                unreadable: number;
            };
            evidence_bytes: number;
            /** @description Of these */
            examined_bytes: number;
            /** @description The others */
            not_examined_bytes: number;
            /** @description No item and no byte was left out */
            complete: boolean;
            /** @description It was stopped before its end */
            partial: boolean;
        };
        /** @description One scan of an evidence */
        Examination: {
            id: components["schemas"]["Id"];
            evidence: components["schemas"]["Id"];
            evidence_name: string;
            /** @description Who; null for a person at the command line of the server's machine */
            account: number | null;
            /** @description Who that was */
            login: string | null;
            begun: components["schemas"]["Time"];
            /** @description Null while it runs and when it was cut off */
            ended: components["schemas"]["Time"] | null;
            provenance: components["schemas"]["Provenance"];
            totals: components["schemas"]["ExaminationTotals"] | null;
        };
        /** @description What a report on the case must state of how it came about */
        Methods: {
            /** @description Of this server */
            version: string;
            /** @description Step of the database's schema */
            schema: number;
            scheme: {
                id: string;
                name: string;
            };
            policy: {
                voters: number;
                voter_units: number;
            };
            evidence: {
                id: components["schemas"]["Id"];
                name: string;
                root: string | null;
                added: components["schemas"]["Time"];
                items: number;
                not_examined: number;
            }[];
            /** @description The 50 most frequent, the most frequent first */
            not_examined: {
                status: string;
                reason: string | null;
                items: number;
            }[];
            /** @description There are more than these 50 */
            more: boolean;
            /** @description That matched media of the case; null what is not known of one that is gone */
            sets: {
                set: components["schemas"]["Id"];
                name: string | null;
                kind: string | null;
                generation: number | null;
                digest: string | null;
                matches: number;
                media: number;
            }[];
            hashing: {
                digests: string[];
                pipelines: string[];
                /** @description Bits, of 256, up to which media are matched to sets unless told otherwise */
                near_distance: number;
                /** @description Bits */
                stack_distance: number;
            };
            /** @description That were not taken back */
            votes: number;
            /** @description Media whose decision stands */
            decisions: number;
            /** @description The newest signed head of the record */
            checkpoint: {
                size: number;
                root: string;
            } | null;
        };
        /** @description To the leader of its stack */
        Likeness: {
            distance: number;
            orientation: string;
        } | null;
        MediaOfCase: {
            media: components["schemas"]["Id"];
            /** @enum {unknown} */
            kind: "new" | "notable" | "ignorable";
            /** @enum {unknown} */
            decision: "decided" | "disputed" | null;
            category: string | null;
            stack: number | null;
            likeness: components["schemas"]["Likeness"];
            added: components["schemas"]["Time"];
            media_type: string;
            /** @enum {unknown} */
            family: "picture" | "video" | "other";
            status: string;
            reason: string | null;
            size_bytes: number;
            width: number | null;
            height: number | null;
            frames: number | null;
            duration_ms: number | null;
            /** @description Of its items, one of each type */
            findings: components["schemas"]["Finding"][];
            /** @description Its own and those of its stack */
            tags: string[];
            has_preview: boolean;
            /** @description Why it has none */
            no_preview: string | null;
        };
        ItemOfCase: {
            item: components["schemas"]["Id"];
            media: number | null;
            evidence: components["schemas"]["Id"];
            evidence_name: string;
            /** @description Layer by layer, the file first */
            path: string[];
            size_bytes: number | null;
            status: string;
            reason: string | null;
            times: components["schemas"]["Known"];
            findings: components["schemas"]["Known"][] | null;
        };
        MediaWhole: {
            media: components["schemas"]["Id"];
            /** @enum {unknown} */
            kind: "new" | "notable" | "ignorable";
            /** @enum {unknown} */
            decision: "decided" | "disputed" | null;
            category: string | null;
            stack: number | null;
            likeness: components["schemas"]["Likeness"];
            added: components["schemas"]["Time"];
            media_type: string;
            /** @enum {unknown} */
            family: "picture" | "video" | "other";
            status: string;
            reason: string | null;
            size_bytes: number;
            width: number | null;
            height: number | null;
            frames: number | null;
            duration_ms: number | null;
            /** @description Of its items, one of each type */
            findings: components["schemas"]["Finding"][];
            /** @description Its own and those of its stack */
            tags: string[];
            has_preview: boolean;
            /** @description Why there are none, when that is known */
            no_preview: string | null;
            /** @description Of the media itself */
            digests: {
                md5: string;
                sha1: string;
                sha256: string;
            };
            facts: components["schemas"]["Known"];
            stack_media: number;
            matches: components["schemas"]["Known"][];
            previews: {
                kind: components["schemas"]["PreviewKind"];
                ordinal: number;
                milliseconds: number | null;
            }[];
            /** @description Where it was found, the first 200 */
            places: components["schemas"]["ItemOfCase"][];
            more_places: boolean;
            /** @description Path of its votes */
            votes: string;
        };
        Scan: {
            id: components["schemas"]["Id"];
            path: string;
            /** @enum {unknown} */
            state: "waiting" | "running" | "done" | "incomplete" | "failed" | "cancelled";
            progress: components["schemas"]["Known"];
            error: string | null;
            account: number;
            made: components["schemas"]["Time"];
            started: string | null;
            seen: string | null;
            ended: string | null;
        };
        /** @description A record as docs/json.md has it, checked strictly, without `matches` and `left_out`; beside them packed hashes and frames. */
        RecordSent: {
            path: string;
            /** @description The array of layers, or its text, which is kept as it is */
            locator: unknown[] | string;
            item_id: string;
            is_media: boolean;
            /** @description Packed perceptual hashes with all orientations, base64 */
            hashes?: string | null;
            frames_packed?: {
                /** @enum {unknown} */
                pipeline: "vpdq" | "pdq_scaled";
                variants: {
                    variant: number;
                    frames: string;
                }[];
            } | null;
            /** @description Why there are no previews although it needs eyes */
            preview_reason?: string | null;
        } & {
            [key: string]: unknown;
        };
        /** @description RFC 3339, UTC */
        Time: string;
        /** @description The cursor of the page behind, or null */
        Next: string | null;
        Case: {
            id: components["schemas"]["Id"];
            number: string;
            title: string;
            /** @enum {unknown} */
            state: "open" | "closed" | "expunged";
            scheme: string;
            unit: components["schemas"]["Id"];
            voters: number;
            voter_units: number;
            restricted: boolean;
            reference: string | null;
            opened: components["schemas"]["Time"];
            closed: components["schemas"]["Time"] | null;
            /** @description What came of it */
            outcome: string | null;
            version: components["schemas"]["Id"];
        };
        CaseWithCounts: {
            id: components["schemas"]["Id"];
            number: string;
            title: string;
            /** @enum {unknown} */
            state: "open" | "closed" | "expunged";
            scheme: string;
            unit: components["schemas"]["Id"];
            voters: number;
            voter_units: number;
            restricted: boolean;
            reference: string | null;
            opened: components["schemas"]["Time"];
            closed: components["schemas"]["Time"] | null;
            /** @description What came of it */
            outcome: string | null;
            version: components["schemas"]["Id"];
            /** @description Items, of these not examined; media by kind; of the new ones how far review is */
            counts: {
                items: number;
                not_examined: number;
                notable: number;
                ignorable: number;
                new: number;
                open: number;
                decided: number;
                disputed: number;
                stacks: number;
            };
        };
        SetEdit: {
            /** @description Numbers in the set */
            entries?: number[] | null;
            /** @description Every entry that carries one of them */
            hashes?: {
                /** @enum {unknown} */
                type: "md5" | "sha1" | "sha256" | "pdq";
                value: string;
            }[] | null;
        };
        Set: {
            id: components["schemas"]["Id"];
            name: string;
            /** @enum {unknown} */
            kind: "notable" | "ignorable" | "alert";
            scheme: string | null;
            created: string;
            generation: number;
            digest: components["schemas"]["Sha256"];
            entries: {
                active: number;
                withdrawn_by_list: number;
                withdrawn_locally: number;
            };
            /** @description Of active entries, by type */
            hashes: {
                [key: string]: number;
            };
            videos: number;
            frames: number;
            /** @description What a change did */
            changed?: {
                [key: string]: number | string | boolean | null;
            };
            acts?: {
                generation: number;
                act: string;
                made: string;
                who: string;
                source: string | null;
                source_sha256: string | null;
                format: string | null;
                description: string | null;
                entries: number;
                added: number;
                updated: number;
                withdrawn: number;
                reinstated: number;
                refused: number;
            }[];
        };
        Document: {
            id: components["schemas"]["Id"];
            name: string;
            size_bytes: number;
            version: string | null;
            region: string | null;
            scheme: string | null;
            case_number: string | null;
            application: string | null;
            media: number;
            files: number;
            identifiers: number;
            not_understood: number;
            added: components["schemas"]["Time"];
        };
        /** @description What weighs most of all that matched. `weak`: only by MD5 or SHA-1, which can be forged. `frequent`: so much looks like it that likeness says nothing. `reference` names what matched, to this server alone. */
        MatchVerdict: {
            id?: string;
            /**
             * @description Whether it could be decoded; when not, its digests were asked all the same
             * @enum {unknown}
             */
            picture?: "ok" | "unsupported" | "corrupt" | "encrypted" | "limit" | "timeout" | "crashed" | "unreadable";
            /** @enum {unknown} */
            match: "exact" | "near" | "none";
            frequent: boolean;
            /** @enum {unknown} */
            meaning?: "notable" | "ignorable" | "neither";
            /** @enum {unknown} */
            kind?: "notable" | "ignorable" | "alert";
            category?: string | null;
            scheme?: string | null;
            reference?: string;
            distance?: number;
            weak?: boolean;
        };
        Series: {
            id: components["schemas"]["Id"];
            name: string;
            unit: components["schemas"]["Id"];
            made: components["schemas"]["Time"];
            media: number;
            /** @description Media of the case that was asked about; only in a list by case */
            media_of_case?: number;
            version: components["schemas"]["Id"];
        };
        SeriesWithCases: {
            id: components["schemas"]["Id"];
            name: string;
            unit: components["schemas"]["Id"];
            made: components["schemas"]["Time"];
            media: number;
            version: components["schemas"]["Id"];
            cases: components["schemas"]["Id"][];
        };
        SeriesMedia: {
            media: components["schemas"]["Id"];
            joined: components["schemas"]["Time"];
            left: components["schemas"]["Time"] | null;
        };
        /** @enum {unknown} */
        VictimState: "unidentified" | "being_worked" | "identified" | "safeguarded";
        Victim: {
            id: components["schemas"]["Id"];
            reference: string;
            state: components["schemas"]["VictimState"];
            /** @description When it came to be in its state */
            since: components["schemas"]["Time"];
            unit: components["schemas"]["Id"];
            has_name: boolean;
            made: components["schemas"]["Time"];
            version: components["schemas"]["Id"];
        };
        VictimHistory: {
            state: components["schemas"]["VictimState"];
            since: components["schemas"]["Time"];
            made: components["schemas"]["Time"];
            unit: components["schemas"]["Id"];
            reason: string;
        };
        VictimLink: {
            id: components["schemas"]["Id"];
            series: number | null;
            case: number | null;
            media: number | null;
            made: components["schemas"]["Time"];
            left: components["schemas"]["Time"] | null;
        };
        VictimWithLinks: {
            id: components["schemas"]["Id"];
            reference: string;
            state: components["schemas"]["VictimState"];
            /** @description When it came to be in its state */
            since: components["schemas"]["Time"];
            unit: components["schemas"]["Id"];
            has_name: boolean;
            made: components["schemas"]["Time"];
            version: components["schemas"]["Id"];
            history: components["schemas"]["VictimHistory"][];
            links: components["schemas"]["VictimLink"][];
        };
        WhoMedia: {
            case: components["schemas"]["Id"];
            case_media: components["schemas"]["Id"];
            media: components["schemas"]["Id"];
            victims: number;
        };
        LinkPlace: {
            case: components["schemas"]["Id"];
            media: number | null;
            item: number | null;
        };
        Link: {
            kind: components["schemas"]["TraitKind"];
            value: string;
            uses: number;
            cases: number;
            everywhere: boolean;
            places: components["schemas"]["LinkPlace"][];
        };
        /** @enum {unknown} */
        TraitKind: "camera" | "camera_serial" | "jpeg_tables" | "software" | "place" | "taken" | "folder" | "file_name" | "email" | "phone" | "account" | "ip" | "device" | "url" | "name";
        /** @enum {unknown} */
        IdentifierKind: "email" | "phone" | "account" | "ip" | "device" | "url" | "name";
        Identifier: {
            id: components["schemas"]["Id"];
            kind: components["schemas"]["IdentifierKind"];
            value: string;
            written: string;
            media: number | null;
            item: number | null;
            /** @enum {unknown} */
            source: "hand" | "mail" | "vics";
            made: components["schemas"]["Time"];
            at: components["schemas"]["Time"] | null;
            port: number | null;
        };
        Contact: {
            unit: string | null;
            agency: string | null;
            country: string | null;
            contact: string | null;
            reference: string | null;
        };
        KnownPlace: {
            media: components["schemas"]["Id"];
            near: boolean;
            distance: number;
            state: components["schemas"]["VictimState"];
            case: number | null;
            known_media: number | null;
            owner: components["schemas"]["Contact"] | null;
        };
        Question: {
            id: components["schemas"]["Id"];
            media: components["schemas"]["Id"];
            near: boolean;
            distance: number;
            /** @enum {unknown} */
            state: "told" | "waiting" | "same" | "different" | "withheld" | "withdrawn";
            made: components["schemas"]["Time"];
            answered: components["schemas"]["Time"] | null;
            asker: components["schemas"]["Contact"];
        };
        Notice: {
            media: components["schemas"]["Id"];
            enquiry: number | null;
            owner: boolean;
            /** @enum {unknown} */
            what: "told" | "waiting" | "same" | "withheld" | "withdrawn" | "victim_state";
            made: components["schemas"]["Time"];
        };
        /** @enum {unknown} */
        ExpungeKind: "preview" | "item" | "note" | "identifier" | "case";
        RetentionRule: {
            kind: components["schemas"]["ExpungeKind"];
            days: number;
            /** @enum {unknown} */
            from: "closed" | "opened";
            reason: string;
            general: boolean;
            made: components["schemas"]["Time"];
        };
        RetentionDue: {
            case: components["schemas"]["Id"];
            kind: components["schemas"]["ExpungeKind"];
            since: components["schemas"]["Time"];
        };
        Expunge: {
            id: components["schemas"]["Id"];
            kind: components["schemas"]["ExpungeKind"];
            reason: string;
            /** @enum {unknown} */
            state: "asked" | "refused" | "done";
            asked_by: number | null;
            asked: components["schemas"]["Time"];
            decided_by: number | null;
            decided: components["schemas"]["Time"] | null;
        };
        Tombstone: {
            id: components["schemas"]["Id"];
            expunge: components["schemas"]["Id"];
            what: string;
            detail: string | null;
            count: number;
            made: components["schemas"]["Time"];
        };
        SearchHit: {
            case: components["schemas"]["Id"];
            media: number | null;
            item: number | null;
            note: number | null;
            distance: number;
        };
        Leaf: {
            leaf: components["schemas"]["Id"];
            time: components["schemas"]["Time"];
            account: number | null;
            actor: string;
            action: string;
            case: number | null;
            object: string;
            details: Record<string, never> | null;
        };
        Problem: {
            /** @constant */
            type: "about:blank";
            title: string;
            status: number;
            /**
             * @description For programs; never changes its meaning
             * @enum {unknown}
             */
            code: "bad_request" | "unauthenticated" | "denied" | "second_factor" | "csrf" | "not_found" | "method_not_allowed" | "conflict" | "length_required" | "precondition_failed" | "limit" | "target_too_long" | "media_type" | "expectation_failed" | "misdirected" | "invalid" | "encrypted" | "precondition_required" | "too_many_requests" | "headers_too_large" | "internal" | "unsupported" | "busy";
            detail: string;
            /** @description JSON pointer to the member of the body that was wrong */
            pointer?: string;
            /** @description Of a fault of the server; its log has the reason beside it */
            id?: string;
        };
        Account: {
            id: components["schemas"]["Id"];
            name: string;
            display: string;
            unit: components["schemas"]["Id"];
            roles: components["schemas"]["Role"][];
            /** @enum {unknown} */
            state: "invited" | "active" | "closed";
            created: components["schemas"]["Time"];
            closed: components["schemas"]["Time"] | null;
            version: components["schemas"]["Id"];
        };
        InvitedAccount: {
            account: components["schemas"]["Account"];
            invitation: string;
            invitation_ends: components["schemas"]["Time"];
        };
        Person: {
            id: components["schemas"]["Id"];
            name: string;
            display: string;
            unit: components["schemas"]["Id"];
        };
        Unit: {
            id: components["schemas"]["Id"];
            name: string;
            agency: string;
            country: string;
            contact: string;
            /** @enum {unknown} */
            state: "active" | "closed";
            version: components["schemas"]["Id"];
        };
        /** @enum {unknown} */
        Scope: "match" | "ingest" | "case_read" | "audit_read";
        Token: {
            id: components["schemas"]["Id"];
            account: components["schemas"]["Id"];
            name: string;
            scopes: components["schemas"]["Scope"][];
            case: components["schemas"]["Id"] | null;
            created: components["schemas"]["Time"];
            ends: components["schemas"]["Time"];
            revoked: components["schemas"]["Time"] | null;
            /** @description The day of its last use */
            used: components["schemas"]["Time"] | null;
        };
        /** @enum {unknown} */
        Role: "administrator" | "investigator" | "reviewer" | "auditor" | "list_curator";
        /** @enum {unknown} */
        Permission: "none" | "signed_in" | "administer" | "case_read" | "case_create" | "case_write" | "ingest" | "review" | "reveal" | "full_view" | "export" | "expunge" | "search" | "sets_read" | "sets_write" | "statistics" | "audit_read" | "match" | "enquire";
        Session: {
            account: components["schemas"]["Id"];
            name: string;
            unit: components["schemas"]["Id"] | null;
            roles: components["schemas"]["Role"][];
            permissions: components["schemas"]["Permission"][];
            /** @description Whether one was given recently enough for what needs it */
            second_factor: boolean;
            /** @description Until when it counts for seeing pictures; null without one */
            second_factor_until: components["schemas"]["Time"] | null;
            /** @description Until when it counts for exports and administration */
            second_factor_fresh_until: components["schemas"]["Time"] | null;
            /** @description null for a token */
            csrf_token: string | null;
        };
        Scheme: {
            id: string;
            name: string;
            /** @description Whether the meanings of its codes are public and known here */
            public: boolean;
        };
        Stack: {
            stack: components["schemas"]["Id"];
            leader: components["schemas"]["StackLeader"];
            /** @description Bits from the other media to the leader; null when there are none */
            distance: {
                least: number;
                most: number;
            } | null;
            media_count: number;
            open_count: number;
            disputed_count: number;
        };
        Lease: {
            stack: components["schemas"]["Id"];
            leader: components["schemas"]["StackLeader"];
            distance: {
                least: number;
                most: number;
            } | null;
            media_count: number;
            open_count: number;
            disputed_count: number;
            until: components["schemas"]["Time"];
        };
        Preferences: {
            /** @description Of the desk, kept as given; at most 8 KiB as JSON */
            desk: {
                [key: string]: unknown;
            };
            /** @description What the queue of review does not give to this person */
            not_mine: {
                /** @description Of the leader of a stack */
                families: ("picture" | "video" | "other")[];
                /** @description On a stack or its leader; in lower case in the reply, as tags are */
                tags: components["schemas"]["Tag"][];
            };
        };
        Exposure: {
            reveals: number;
            seconds: number;
        };
        Skip: {
            stack: components["schemas"]["Id"];
            made: components["schemas"]["Time"];
        };
        StackLeader: {
            media: number | null;
            media_type: string | null;
            /** @enum {unknown} */
            family: "picture" | "video" | "other" | null;
            status: string | null;
            size_bytes: number | null;
            width: number | null;
            height: number | null;
            frames: number | null;
            duration_ms: number | null;
            findings: components["schemas"]["Findings"];
            /** @description Of the stack */
            tags: components["schemas"]["Tags"];
            has_preview: boolean;
            no_preview: components["schemas"]["NoPreview"];
        };
        /** @description Of the items of the media in this case, one of each type */
        Findings: components["schemas"]["Finding"][];
        Tags: components["schemas"]["Tag"][];
        Tag: string;
        /** @description Why there is no preview; null when there is one, or it is not said */
        NoPreview: string | null;
        /** @description Something about a file that people should know, as in docs/json.md */
        Finding: {
            type: string;
            detail?: string | null;
            bytes?: number;
        };
        StackMedia: {
            media: components["schemas"]["Id"];
            /** @enum {unknown} */
            kind: "new" | "notable" | "ignorable";
            /** @enum {unknown} */
            state: "open" | "disputed" | "decided";
            category: string | null;
            media_type: string;
            /** @enum {unknown} */
            family: "picture" | "video" | "other";
            status: string;
            size_bytes: number;
            width: number | null;
            height: number | null;
            frames: number | null;
            duration_ms: number | null;
            findings: components["schemas"]["Findings"];
            /** @description Of the media, not of its stack */
            tags: components["schemas"]["Tags"];
            added: components["schemas"]["Time"];
            has_preview: boolean;
            no_preview: components["schemas"]["NoPreview"];
            /** @description Bits to the leader; null for the leader itself */
            distance: number | null;
            /**
             * @description What was done to the media so that it resembles the leader
             * @enum {unknown}
             */
            orientation: "original" | "rot90" | "rot180" | "rot270" | "flip_x" | "flip_y" | "flip_plus" | "flip_minus" | null;
        };
        VoteResults: {
            items: components["schemas"]["VoteResult"][];
            counts: {
                open: number;
                disputed: number;
                decided: number;
            };
        };
        VoteResult: {
            vote: components["schemas"]["Id"];
            media: components["schemas"]["Id"];
            /** @enum {unknown} */
            state: "open" | "disputed" | "decided";
            /** @description The lease of its voter had ended; it counts all the same */
            late: boolean;
            /** @description Its voter brought a list entry that names the media; it counts for nothing */
            submitter: boolean;
        };
        Ballot: {
            /** @enum {unknown} */
            state: "open" | "disputed" | "decided";
            /** @description The caller may vote, has not, and sees nothing of what others said */
            blind: boolean;
            votes: components["schemas"]["Vote"][];
            decisions: components["schemas"]["Decision"][];
        };
        Vote: {
            id: components["schemas"]["Id"];
            account: components["schemas"]["Id"];
            unit: components["schemas"]["Id"];
            own: boolean;
            /** @description The vote that this row takes back */
            undoes: number | null;
            category: string | null;
            /** @enum {unknown} */
            self_generated: "unknown" | "no" | "shared" | "pressured" | "alone" | null;
            /** @enum {unknown} */
            commercial: "unknown" | "no" | "yes" | null;
            late: boolean;
            submitter: boolean;
            undone: boolean;
            made: components["schemas"]["Time"];
        };
        Decision: {
            id: components["schemas"]["Id"];
            media: components["schemas"]["Id"];
            /** @enum {unknown} */
            state: "disputed" | "decided";
            category: string | null;
            /** @enum {unknown} */
            self_generated: "unknown" | "no" | "shared" | "pressured" | "alone" | null;
            /** @enum {unknown} */
            commercial: "unknown" | "no" | "yes" | null;
            in_favour: number;
            against: number;
            units: number;
            waited_seconds: number;
            made: components["schemas"]["Time"];
            withdrawn: components["schemas"]["Time"] | null;
            withdrawn_why: string | null;
            /**
             * @description What it became in a set; of a decision that stands no more, withdrawn
             * @enum {unknown}
             */
            entry: "none" | "standing" | "withdrawn";
        };
        Note: {
            id: components["schemas"]["Id"];
            /** @enum {unknown} */
            kind: "note" | "tag";
            /** @description null once it was removed */
            text: string | null;
            account: number;
            made: components["schemas"]["Time"];
            removed: components["schemas"]["Time"] | null;
            removed_by: number | null;
        };
        Statistics: {
            cells: components["schemas"]["StatisticsCell"][];
            cases: components["schemas"]["StatisticsCase"][];
            statuses: {
                status: string;
                items: number;
            }[];
        };
        /** @description Media that have all of this in common */
        StatisticsCell: {
            unit: components["schemas"]["Id"];
            month: string;
            /** @enum {unknown} */
            kind: "new" | "notable" | "ignorable";
            /** @enum {unknown} */
            state: "open" | "disputed" | "decided";
            scheme: string;
            category: string | null;
            media: number;
        };
        StatisticsCase: {
            case: components["schemas"]["Id"];
            unit: components["schemas"]["Id"];
            /** @description Within the asked time; what follows is of all time */
            media: number;
            items: number;
            items_examined: number;
            decided: number;
            /** @description From coming in to the decision */
            median_seconds: number | null;
            ninetieth_seconds: number | null;
        };
        SchemeWithCodes: {
            id: string;
            name: string;
            public: boolean;
            /** @description In the order in which they are offered */
            codes: {
                code: string;
                label: string;
                /** @enum {unknown} */
                meaning: "neither" | "notable" | "ignorable";
                key: string | null;
                offered: boolean;
            }[];
            self_generated: ("unknown" | "no" | "shared" | "pressured" | "alone")[];
            commercial: ("unknown" | "no" | "yes")[];
        };
    };
    responses: {
        /** @description What was wrong */
        Problem: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: {
        /** @description `next` of the page before */
        Cursor: string;
        /** @description How many at most */
        Limit: number;
        Account: components["schemas"]["Id"];
        Case: components["schemas"]["Id"];
        Media: components["schemas"]["Id"];
        Scan: components["schemas"]["Id"];
    };
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It does */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        status: "ok";
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The caller */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    logIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    password: string;
                    /** @description Of the authenticator, or a recovery code */
                    code?: string | null;
                };
            };
        };
        responses: {
            /** @description It is open. Without `code` it has no second factor yet */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    logOut: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It has ended */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    giveSecondFactor: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    code: string;
                };
            };
        };
        responses: {
            /** @description The session as it is now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    openLink: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    link: string;
                };
            };
        };
        responses: {
            /** @description It is open */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getLogin: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Whether there is an administrator; how long passwords are at least */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        ready: boolean;
                        password_characters: number;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    openInvitation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    invitation: string;
                };
            };
        };
        responses: {
            /** @description The account */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                        display: string;
                        roles: components["schemas"]["Role"][];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    enrolInvitation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    invitation: string;
                };
            };
        };
        responses: {
            /** @description Its address */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description For an authenticator; shown once */
                        uri: string;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    acceptInvitation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    invitation: string;
                    password: string;
                    code: string;
                };
            };
        };
        responses: {
            /** @description The account is active; codes for a lost authenticator are shown once */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        recovery_codes: string[];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    changePassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    old_password: string;
                    new_password: string;
                    code: string;
                };
            };
        };
        responses: {
            /** @description It is in force */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    listOutcomes: {
        parameters: {
            query?: {
                /** @description `next` of the page before */
                cursor?: components["parameters"]["Cursor"];
                /** @description How many at most */
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of them */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["CaseOutcome"][];
                        next: components["schemas"]["Next"];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    changeSecondFactor: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    old_code: string;
                    new_code: string;
                };
            };
        };
        responses: {
            /** @description It is in force; codes for a lost authenticator are shown once */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        recovery_codes: string[];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    enrolSecondFactor: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its address */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description For an authenticator; shown once */
                        uri: string;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getPreferences: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them; without any set, the empty ones */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Preferences"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    setPreferences: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Preferences"];
            };
        };
        responses: {
            /** @description As they are kept */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Preferences"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getExposure: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description By days of UTC */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        today: components["schemas"]["Exposure"];
                        /** @description Today and the six days before */
                        week: components["schemas"]["Exposure"];
                        /** @description The last ones with anything, the newest first */
                        days: {
                            /** Format: date */
                            day: string;
                            reveals: number;
                            seconds: number;
                        }[];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listPeople: {
        parameters: {
            query?: {
                /** @description `next` of the page before */
                cursor?: components["parameters"]["Cursor"];
                /** @description How many at most */
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of them; those who cannot log in are left out */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Person"][];
                        next: components["schemas"]["Next"];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listAccounts: {
        parameters: {
            query?: {
                /** @description `next` of the page before */
                cursor?: components["parameters"]["Cursor"];
                /** @description How many at most */
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of them */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Account"][];
                        next: components["schemas"]["Next"];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    createAccount: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    display: string;
                    unit: components["schemas"]["Id"];
                    roles: components["schemas"]["Role"][];
                };
            };
        };
        responses: {
            /** @description It is there */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvitedAccount"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getAccount: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account: components["parameters"]["Account"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The account */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    changeAccount: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account: components["parameters"]["Account"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    display: string;
                    unit: components["schemas"]["Id"];
                    roles: components["schemas"]["Role"][];
                };
            };
        };
        responses: {
            /** @description The account as it is now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    resetAccount: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account: components["parameters"]["Account"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The account and its invitation */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvitedAccount"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    closeAccount: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account: components["parameters"]["Account"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The account as it is now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listUnits: {
        parameters: {
            query?: {
                /** @description `next` of the page before */
                cursor?: components["parameters"]["Cursor"];
                /** @description How many at most */
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of them */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Unit"][];
                        next: components["schemas"]["Next"];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    createUnit: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    agency?: string | null;
                    country: string;
                    contact?: string | null;
                };
            };
        };
        responses: {
            /** @description It is there */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Unit"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getUnit: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                unit: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The unit */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Unit"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    changeUnit: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                unit: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    agency?: string | null;
                    country: string;
                    contact?: string | null;
                };
            };
        };
        responses: {
            /** @description The unit as it is now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Unit"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    closeUnit: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                unit: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The unit as it is now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Unit"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listTokens: {
        parameters: {
            query?: {
                /** @description `next` of the page before */
                cursor?: components["parameters"]["Cursor"];
                /** @description How many at most */
                limit?: components["parameters"]["Limit"];
                /** @description Of whom; for administrators */
                account?: components["schemas"]["Id"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of them */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Token"][];
                        next: components["schemas"]["Next"];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    createToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    account?: components["schemas"]["Id"] | null;
                    name: string;
                    scopes: components["schemas"]["Scope"][];
                    case?: components["schemas"]["Id"] | null;
                    days: number;
                };
            };
        };
        responses: {
            /** @description It is in force */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: components["schemas"]["Id"];
                        token: string;
                        ends: components["schemas"]["Time"];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    revokeToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It has ended */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    listSchemes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Scheme"][];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getScheme: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                scheme: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The scheme */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SchemeWithCodes"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listCases: {
        parameters: {
            query?: {
                /** @description `next` of the page before */
                cursor?: components["parameters"]["Cursor"];
                /** @description How many at most */
                limit?: components["parameters"]["Limit"];
                /** @description Only the case of this number */
                number?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of them */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Case"][];
                        next: components["schemas"]["Next"];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    openCase: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    number: string;
                    title?: string | null;
                    scheme: string;
                    voters?: number | null;
                    voter_units?: number | null;
                    restricted?: boolean | null;
                    reference?: string | null;
                };
            };
        };
        responses: {
            /** @description It is open */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Case"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getCase: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The case */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CaseWithCounts"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    changeCase: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    title?: string | null;
                    reference?: string | null;
                    voters?: number | null;
                    voter_units?: number | null;
                    restricted?: boolean | null;
                    /** @description What came of it, for those who worked on it: at most 2000 bytes; empty takes it away. It can be written when the case is closed. */
                    outcome?: string | null;
                    /** @enum {unknown} */
                    state?: "open" | "closed" | null;
                };
            };
        };
        responses: {
            /** @description The case as it is now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Case"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getProgress: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description By day, and the pace */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Progress"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getMethods: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As it is now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Methods"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listMembers: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            account: components["schemas"]["Id"];
                            name: string;
                            display: string;
                            unit: components["schemas"]["Id"];
                        }[];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    addMember: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    account: components["schemas"]["Id"];
                };
            };
        };
        responses: {
            /** @description It may now */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        account: components["schemas"]["Id"];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    removeMember: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
                account: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It has ended */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    listEvidence: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of it */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            id: components["schemas"]["Id"];
                            name: string;
                            root: string | null;
                            added: components["schemas"]["Time"];
                        }[];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listExaminations: {
        parameters: {
            query?: {
                /** @description `next` of the page before */
                cursor?: components["parameters"]["Cursor"];
                /** @description How many at most */
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of them */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Examination"][];
                        next: components["schemas"]["Next"];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    addExamination: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description What it is called in the case; made when there is none */
                    evidence: string;
                    /** @description Where it lies */
                    root?: string;
                    begun: components["schemas"]["Time"];
                    provenance: components["schemas"]["Provenance"];
                };
            };
        };
        responses: {
            /** @description It is kept */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: components["schemas"]["Id"];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    endExamination: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
                examination: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    ended: components["schemas"]["Time"];
                    totals: components["schemas"]["ExaminationTotals"];
                };
            };
        };
        responses: {
            /** @description It is kept */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    addRecords: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description What it is called in the case; made when there is none */
                    evidence: string;
                    /** @description Where it lay when it was scanned */
                    root?: string | null;
                    records: components["schemas"]["RecordSent"][];
                };
            };
        };
        responses: {
            /** @description What it came to, and which contents (SHA-256) want previews */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: number;
                        items_new: number;
                        media_new: number;
                        needs_eyes_new: number;
                        stacks_new: number;
                        wants_previews: components["schemas"]["Sha256"][];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listStacks: {
        parameters: {
            query?: {
                /** @description `next` of the page before */
                cursor?: components["parameters"]["Cursor"];
                /** @description How many at most */
                limit?: components["parameters"]["Limit"];
                /** @description The queue's order, the largest or the newest first */
                order?: "case" | "size" | "newest";
                /** @description With media that are not decided; with none such; with disputed media */
                state?: "any" | "open" | "decided" | "disputed";
            };
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of them */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Stack"][];
                        next: components["schemas"]["Next"];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getStack: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
                stack: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The stack */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Stack"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listStackMedia: {
        parameters: {
            query?: {
                /** @description `next` of the page before */
                cursor?: components["parameters"]["Cursor"];
                /** @description How many at most */
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path: {
                case: components["parameters"]["Case"];
                stack: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of them */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["StackMedia"][];
                        next: components["schemas"]["Next"];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    skipStack: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
                stack: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is skipped */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    unskipStack: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
                stack: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is not skipped */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    listSkips: {
        parameters: {
            query?: {
                /** @description `next` of the page before */
                cursor?: components["parameters"]["Cursor"];
                /** @description How many at most */
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of them */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Skip"][];
                        next: components["schemas"]["Next"];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listLeases: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Lease"][];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    leaseStacks: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Absent or null for 1, or for as many as `stacks` names */
                    count?: number | null;
                    /**
                     * @default case
                     * @enum {unknown}
                     */
                    order?: "case" | "size" | "newest" | null;
                    /**
                     * @default review
                     * @enum {unknown}
                     */
                    purpose?: "review" | null;
                    /**
                     * @description Only stacks whose leader is of this family; null for any
                     * @enum {unknown}
                     */
                    family?: "picture" | "video" | "other" | null;
                    /** @description Only stacks whose leader has a finding of this type; null for any */
                    finding?: string | null;
                    /** @description These very stacks, those of them that are free; order, family, finding, what the caller skipped and what is not theirs do not matter then */
                    stacks?: components["schemas"]["Id"][] | null;
                };
            };
        };
        responses: {
            /** @description Those that are new; none when there is nothing to do */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Lease"][];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    renewLeases: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Absent or null for all that the caller holds */
                    stacks?: components["schemas"]["Id"][] | null;
                };
            };
        };
        responses: {
            /** @description How many */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        count: number;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    releaseLeases: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Absent or null for all that the caller holds */
                    stacks?: components["schemas"]["Id"][] | null;
                };
            };
        };
        responses: {
            /** @description How many */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        count: number;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    castVotes: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Either these */
                    media?: components["schemas"]["Id"][] | null;
                    /** @description or all open media of this stack */
                    stack?: number | null;
                    /** @description As many open media as the voter was told of; another number now is a conflict */
                    open_count?: number | null;
                    category: string;
                    /** @enum {unknown} */
                    self_generated?: "unknown" | "no" | "shared" | "pressured" | "alone" | null;
                    /** @enum {unknown} */
                    commercial?: "unknown" | "no" | "yes" | null;
                    /** @description Kept beside the stack, or beside the media when it is one */
                    note?: string | null;
                };
            };
        };
        responses: {
            /** @description What became of the media */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VoteResults"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    undoVotes: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Absent or null for the caller's last act of voting in the case */
                    votes?: components["schemas"]["Id"][] | null;
                };
            };
        };
        responses: {
            /** @description What became of the media */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VoteResults"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    undoVote: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
                vote: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What became of the media */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VoteResults"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getVotes: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
                media: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the caller may know */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ballot"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listDecisions: {
        parameters: {
            query?: {
                /** @description `next` of the page before */
                cursor?: components["parameters"]["Cursor"];
                /** @description How many at most */
                limit?: components["parameters"]["Limit"];
                /** @description Of one state */
                state?: "decided" | "disputed";
            };
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of them */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Decision"][];
                        next: components["schemas"]["Next"];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    withdrawDecisionEntry: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
                decision: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason: string;
                };
            };
        };
        responses: {
            /** @description It matches no more */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    reinstateDecisionEntry: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
                decision: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason: string;
                };
            };
        };
        responses: {
            /** @description It matches again */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    listMediaNotes: {
        parameters: {
            query?: {
                /** @description `next` of the page before */
                cursor?: components["parameters"]["Cursor"];
                /** @description How many at most */
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path: {
                case: components["parameters"]["Case"];
                media: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of them */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Note"][];
                        next: components["schemas"]["Next"];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    addMediaNote: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
                media: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Either a note */
                    text?: string | null;
                    /** @description or a tag; one that is there already changes nothing */
                    tag?: string | null;
                };
            };
        };
        responses: {
            /** @description It is there */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: components["schemas"]["Id"];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listStackNotes: {
        parameters: {
            query?: {
                /** @description `next` of the page before */
                cursor?: components["parameters"]["Cursor"];
                /** @description How many at most */
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path: {
                case: components["parameters"]["Case"];
                stack: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of them */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Note"][];
                        next: components["schemas"]["Next"];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    addStackNote: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
                stack: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Either a note */
                    text?: string | null;
                    /** @description or a tag; one that is there already changes nothing */
                    tag?: string | null;
                };
            };
        };
        responses: {
            /** @description It is there */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: components["schemas"]["Id"];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    removeNote: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
                note: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    getStatistics: {
        parameters: {
            query?: {
                /** @description Only this case */
                case?: components["schemas"]["Id"];
                /** @description Only cases of this unit */
                unit?: components["schemas"]["Id"];
                /** @description Media that came in on this day or later, UTC */
                from?: string;
                /** @description and before this day */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The numbers */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Statistics"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    matchHashes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    hashes: {
                        /** @description What the caller calls it; comes back as it is */
                        id?: string | null;
                        /** @enum {unknown} */
                        type: "md5" | "sha1" | "sha256" | "pdq";
                        value: string;
                    }[];
                };
            };
        };
        responses: {
            /** @description One answer for each */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["MatchVerdict"][];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    matchPicture: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/octet-stream": unknown;
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MatchVerdict"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getServerKey: {
        parameters: {
            query?: {
                /** @description A case's number, as people write it */
                case?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The key and the version of the server */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        key: string;
                        version: string;
                        /** @description Its id; null when none was asked about or may be seen */
                        case: number | null;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    addPreviews: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    media: {
                        sha256: string;
                        /** @description Why there are none */
                        reason?: string | null;
                        pictures?: {
                            kind: components["schemas"]["PreviewKind"];
                            milliseconds?: number | null;
                            width: number;
                            height: number;
                            /** @description A JPEG in a sealed box (X25519, libsodium), base64 */
                            box: string;
                        }[] | null;
                    }[];
                };
            };
        };
        responses: {
            /** @description How many media wanted them, and how many pictures or reasons are new */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        wanted: number;
                        stored: number;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listMedia: {
        parameters: {
            query?: {
                /** @description `next` of the page before */
                cursor?: components["parameters"]["Cursor"];
                /** @description How many at most */
                limit?: components["parameters"]["Limit"];
                kind?: "new" | "notable" | "ignorable";
                decision?: "open" | "decided" | "disputed";
                family?: "picture" | "video" | "other";
                status?: string;
                finding?: string;
                tag?: string;
                stack?: components["schemas"]["Id"];
                sort?: "oldest" | "newest";
                /** @description Up to 200 numbers of media, joined by commas: those of them that are in the case, in this order. Nothing else can be asked for beside it. */
                ids?: string;
            };
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of them, in the order in which they came, or that of `ids` */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["MediaOfCase"][];
                        next: components["schemas"]["Next"];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    orderMedia: {
        parameters: {
            query?: {
                kind?: "new" | "notable" | "ignorable";
                decision?: "open" | "decided" | "disputed";
                family?: "picture" | "video" | "other";
                status?: string;
                finding?: string;
                /** @description The media, or its stack, bears it */
                tag?: string;
                stack?: components["schemas"]["Id"];
                /** @description largest is by bytes; stack keeps those of a stack together, a media of none stands alone */
                sort?: "oldest" | "newest" | "largest" | "stack";
            };
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them, or the first million */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        ids: components["schemas"]["Id"][];
                        /** @description There are more than these */
                        more: boolean;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getMedia: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
                media: components["parameters"]["Media"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Facts, places, matches, previews there are */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MediaWhole"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    compareMedia: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
                media: components["parameters"]["Media"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    with: components["schemas"]["Id"];
                    purpose?: string | null;
                };
            };
        };
        responses: {
            /** @description What differs, or why they cannot be compared */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PreviewComparison"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listItems: {
        parameters: {
            query?: {
                /** @description `next` of the page before */
                cursor?: components["parameters"]["Cursor"];
                /** @description How many at most */
                limit?: components["parameters"]["Limit"];
                media?: components["schemas"]["Id"];
                evidence?: components["schemas"]["Id"];
                /** @description Only those that could not be examined */
                not_examined?: boolean;
            };
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of them */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["ItemOfCase"][];
                        next: components["schemas"]["Next"];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    revealMedia: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
                media: components["parameters"]["Media"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    kind: components["schemas"]["PreviewKind"];
                    ordinal?: number | null;
                    /** @description What for; needed for known material, with the permission full_view */
                    purpose?: string | null;
                };
            };
        };
        responses: {
            /** @description The picture; the header Clew-Reveal has the number of the reveal */
            200: {
                headers: {
                    "Clew-Reveal"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": string;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    endReveal: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
                media: components["parameters"]["Media"];
                reveal: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    shown_ms: number;
                };
            };
        };
        responses: {
            /** @description It is on record */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    findMatchReference: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                reference: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its set and its number in it */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        set: components["schemas"]["Id"];
                        entry: components["schemas"]["Id"];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listSets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The sets */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Set"][];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    createSet: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    /** @enum {unknown} */
                    kind: "notable" | "ignorable" | "alert";
                };
            };
        };
        responses: {
            /** @description The set */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Set"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getSet: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                set: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The set */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Set"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listSetEntries: {
        parameters: {
            query?: {
                /** @description `next` of the page before */
                cursor?: components["parameters"]["Cursor"];
                /** @description How many at most */
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path: {
                set: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of them */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            entry: components["schemas"]["Id"];
                            /** @enum {unknown} */
                            state: "active" | "withdrawn_by_list" | "withdrawn_locally";
                            category: string | null;
                            hash_types: string[];
                            frames: number;
                        }[];
                        next: components["schemas"]["Next"];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    withdrawSetEntries: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                set: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetEdit"];
            };
        };
        responses: {
            /** @description The set as it is now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Set"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    reinstateSetEntries: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                set: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetEdit"];
            };
        };
        responses: {
            /** @description The set as it is now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Set"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    importSet: {
        parameters: {
            query?: {
                /** @description What the list is called */
                name?: string;
                mode?: "merge" | "replace";
                /** @description What bare digits are */
                type?: "md5" | "sha1" | "sha256" | "pdq";
                scheme?: string;
                format?: string;
                columns?: string;
                strict?: boolean;
            };
            header?: never;
            path: {
                set: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/octet-stream": unknown;
            };
        };
        responses: {
            /** @description The set as it is now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Set"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listDocuments: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The documents */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Document"][];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    importDocument: {
        parameters: {
            query?: {
                /** @description What the file is called */
                name?: string;
                /** @description Of its categories */
                scheme?: string;
            };
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/octet-stream": unknown;
            };
        };
        responses: {
            /** @description It was there already */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Document"];
                };
            };
            /** @description It is in the case */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Document"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    exportDocument: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Goes out as this imported document; without it a new one */
                    document?: number | null;
                    region?: string | null;
                    imported_only?: boolean | null;
                    with_ignorable?: boolean | null;
                };
            };
        };
        responses: {
            /** @description The document, as an attachment */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    viewMedia: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
                media: components["parameters"]["Media"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    item: components["schemas"]["Id"];
                    purpose: string;
                    left?: number | null;
                    top?: number | null;
                    right?: number | null;
                    bottom?: number | null;
                    quarter_turns?: number | null;
                    grey?: boolean | null;
                    contrast?: number | null;
                    brightness?: number | null;
                    gamma?: number | null;
                    /** @description Pixels along the longer side, at most; never enlarged */
                    side?: number | null;
                    /** @description Of a video, the frame at this time */
                    milliseconds?: number | null;
                };
            };
        };
        responses: {
            /** @description The picture */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": string;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    exportItem: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
                item: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    purpose: string;
                };
            };
        };
        responses: {
            /** @description The bytes, as an attachment */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listScans: {
        parameters: {
            query?: {
                /** @description `next` of the page before */
                cursor?: components["parameters"]["Cursor"];
                /** @description How many at most */
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of them */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Scan"][];
                        next: components["schemas"]["Next"];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    startScan: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    path: string;
                };
            };
        };
        responses: {
            /** @description It begins */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Scan"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getScan: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
                scan: components["parameters"]["Scan"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The scan */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Scan"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    cancelScan: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
                scan: components["parameters"]["Scan"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It was asked to end */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Scan"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    followScan: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
                scan: components["parameters"]["Scan"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Each event has a Scan as its data; the stream ends with the scan */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listSeries: {
        parameters: {
            query?: {
                /** @description `next` of the page before */
                cursor?: components["parameters"]["Cursor"];
                /** @description How many at most */
                limit?: components["parameters"]["Limit"];
                /** @description Only those that hold media of this case */
                case?: number;
                /** @description Only those that hold this media of the case; only with case */
                media?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of them */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Series"][];
                        next: components["schemas"]["Next"];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    makeSeries: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                };
            };
        };
        responses: {
            /** @description It is made */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Series"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getSeries: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                series: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The series */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SeriesWithCases"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listSeriesMedia: {
        parameters: {
            query?: {
                /** @description `next` of the page before */
                cursor?: components["parameters"]["Cursor"];
                /** @description How many at most */
                limit?: components["parameters"]["Limit"];
                /** @description Only this media; it has a row for each time that it joined */
                media?: number;
            };
            header?: never;
            path: {
                case: components["parameters"]["Case"];
                series: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of them */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["SeriesMedia"][];
                        next: components["schemas"]["Next"];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    joinSeries: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
                series: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    media: components["schemas"]["Id"][];
                };
            };
        };
        responses: {
            /** @description They are in it */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    leaveSeries: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
                series: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    media: components["schemas"]["Id"][];
                };
            };
        };
        responses: {
            /** @description They have left */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    listVictims: {
        parameters: {
            query?: {
                /** @description `next` of the page before */
                cursor?: components["parameters"]["Cursor"];
                /** @description How many at most */
                limit?: components["parameters"]["Limit"];
                /** @description Only those linked to this series */
                series?: number;
                /** @description Only those linked to media of this case, or to a series that holds media of it */
                case?: number;
                /** @description Only those linked to this media of the case, or to a series that holds it; only with case */
                media?: number;
                /** @description Only those in this state */
                state?: components["schemas"]["VictimState"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of them */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Victim"][];
                        next: components["schemas"]["Next"];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    makeVictim: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reference: string;
                };
            };
        };
        responses: {
            /** @description It is made */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Victim"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getVictim: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                victim: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The victim */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VictimWithLinks"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    setVictimState: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                victim: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    state: components["schemas"]["VictimState"];
                    since?: string | null;
                    reason: string;
                };
            };
        };
        responses: {
            /** @description The victim as it is now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Victim"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    linkVictim: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                victim: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    series?: number | null;
                    case?: number | null;
                    media?: number | null;
                };
            };
        };
        responses: {
            /** @description The link */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: components["schemas"]["Id"];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    unlinkVictim: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                victim: components["schemas"]["Id"];
                link: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is away */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    setVictimName: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                victim: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                };
            };
        };
        responses: {
            /** @description It is sealed */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    destroyVictimName: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                victim: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Nobody can read it any more */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    readVictimName: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                victim: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The name */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listWho: {
        parameters: {
            query?: {
                /** @description `next` of the page before */
                cursor?: components["parameters"]["Cursor"];
                /** @description How many at most */
                limit?: components["parameters"]["Limit"];
                /** @description Only of this case */
                case?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of them */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["WhoMedia"][];
                        next: components["schemas"]["Next"];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listCaseLinks: {
        parameters: {
            query?: {
                /** @description `next` of the page before */
                cursor?: components["parameters"]["Cursor"];
                /** @description How many at most */
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of them */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Link"][];
                        next: components["schemas"]["Next"];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listMediaLinks: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
                media: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Link"][];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listIdentifiers: {
        parameters: {
            query?: {
                /** @description `next` of the page before */
                cursor?: components["parameters"]["Cursor"];
                /** @description How many at most */
                limit?: components["parameters"]["Limit"];
                /** @description Only those found at this media or at an item of it */
                media?: number;
            };
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of them */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Identifier"][];
                        next: components["schemas"]["Next"];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    addIdentifier: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    kind: components["schemas"]["IdentifierKind"];
                    value: string;
                    media?: number | null;
                    item?: number | null;
                    at?: string | null;
                    port?: number | null;
                };
            };
        };
        responses: {
            /** @description The identifier */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: components["schemas"]["Id"];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    removeIdentifier: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
                identifier: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    enquire: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    media: components["schemas"]["Id"][];
                };
            };
        };
        responses: {
            /** @description What may be told at once */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["KnownPlace"][];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listKnown: {
        parameters: {
            query?: {
                /** @description `next` of the page before */
                cursor?: components["parameters"]["Cursor"];
                /** @description How many at most */
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of it */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["KnownPlace"][];
                        next: components["schemas"]["Next"];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listQuestions: {
        parameters: {
            query?: {
                /** @description `next` of the page before */
                cursor?: components["parameters"]["Cursor"];
                /** @description How many at most */
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of them */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Question"][];
                        next: components["schemas"]["Next"];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listNotices: {
        parameters: {
            query?: {
                /** @description `next` of the page before */
                cursor?: components["parameters"]["Cursor"];
                /** @description How many at most */
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of them */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Notice"][];
                        next: components["schemas"]["Next"];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    answerEnquiry: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                enquiry: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {unknown} */
                    answer: "same" | "different" | "later";
                };
            };
        };
        responses: {
            /** @description It is answered */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    listGeneralRetention: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["RetentionRule"][];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    setGeneralRetention: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    kind: components["schemas"]["ExpungeKind"];
                    days: number;
                    /** @enum {unknown} */
                    from?: "closed" | "opened" | null;
                    reason: string;
                };
            };
        };
        responses: {
            /** @description It holds from now on */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    listRetentionDue: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of it */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["RetentionDue"][];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listRetention: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["RetentionRule"][];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    setRetention: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    kind: components["schemas"]["ExpungeKind"];
                    days: number;
                    /** @enum {unknown} */
                    from?: "closed" | "opened" | null;
                    reason: string;
                };
            };
        };
        responses: {
            /** @description It holds from now on */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    listExpunges: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of it */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Expunge"][];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    askExpunge: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    kind: components["schemas"]["ExpungeKind"];
                    reason: string;
                };
            };
        };
        responses: {
            /** @description What was asked */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: components["schemas"]["Id"];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    approveExpunge: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                expunge: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    refuseExpunge: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                expunge: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It stays */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    listTombstones: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Tombstone"][];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    search: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {unknown} */
                    kind: "digest" | "pdq" | "prefix" | "name_part" | "dates" | "trait" | "place" | "finding" | "note";
                    term?: string | null;
                    case?: number | null;
                    distance?: number | null;
                    from?: string | null;
                    to?: string | null;
                    /** @enum {unknown} */
                    trait?: "camera" | "camera_serial" | "jpeg_tables" | "software" | "place" | "taken" | "folder" | "file_name" | "email" | "phone" | "account" | "ip" | "device" | "url" | "name" | null;
                    latitude?: number | null;
                    longitude?: number | null;
                    reach?: number | null;
                    cursor?: string | null;
                    limit?: number | null;
                };
            };
        };
        responses: {
            /** @description A page of hits */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["SearchHit"][];
                        next: components["schemas"]["Next"];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    searchExample: {
        parameters: {
            query?: {
                /** @description Only in this case */
                case?: number;
                /** @description Bits at most */
                distance?: number;
                /** @description How many at most */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/octet-stream": string;
            };
        };
        responses: {
            /** @description The nearest, nearest first; one page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["SearchHit"][];
                        next: components["schemas"]["Next"];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listLeaves: {
        parameters: {
            query?: {
                /** @description `next` of the page before */
                cursor?: components["parameters"]["Cursor"];
                /** @description How many at most */
                limit?: components["parameters"]["Limit"];
                /** @description Only of this case */
                case?: number;
                /** @description Only of this account */
                account?: number;
                /** @description Only of this action */
                action?: string;
                /** @description Not before this time */
                from?: string;
                /** @description Before this time */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of leaves */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Leaf"][];
                        next: components["schemas"]["Next"];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listCaseLeaves: {
        parameters: {
            query?: {
                /** @description `next` of the page before */
                cursor?: components["parameters"]["Cursor"];
                /** @description How many at most */
                limit?: components["parameters"]["Limit"];
                /** @description Only of this account */
                account?: number;
                /** @description Only of this action */
                action?: string;
                /** @description Not before this time */
                from?: string;
                /** @description Before this time */
                to?: string;
            };
            header?: never;
            path: {
                case: components["parameters"]["Case"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of leaves */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Leaf"][];
                        next: components["schemas"]["Next"];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getCheckpoint: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The note */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getProof: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                leaf: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The proof */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
}
