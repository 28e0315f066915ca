// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.access;

import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceReader;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.internal.CseSettings;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.cse.internal.delivery.AggregatedRequests;
import io.lintel.cse.internal.address.TargetResolver;
import io.lintel.cse.internal.address.Wildcard;
import io.lintel.cse.internal.profile.SubscribedNodes;
import io.lintel.cse.internal.registration.AnnouncedAe;
import io.lintel.cse.internal.registration.RegistrationView;
import io.lintel.cse.internal.request.Refusals;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.primitive.Address;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Operation;
import io.lintel.primitive.ResourceTypes;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * May this originator do that to this resource? (TS-0003 7.1, TS-0001 9.6.2.) Works on any reader: the store's own for
 * retrievals, the writer's inside a task.
 *
 * <p>A policy's own {@code pvs} guard itself; {@code acpi} names the policies of everything that has it; what can't
 * have it follows its parent. Where no policy is named, or none of those named is here, the resource belongs to its
 * custodian if it names one, else to its creator (TS-0001 10.2.3.1 of Release 3; Release 2 leaves it open). The
 * administrator and this CSE itself may do everything, and whoever is registered may retrieve the CSEBase. What tokens
 * and consultations grant ({@link DynamicAuthorization}) comes on top of the policies, but not for policies themselves.
 */
public final class AccessControl {
    private final CseIdentity identity;
    private final RegistrationView registrations;
    private final TargetResolver resolver;
    private final Privileges privileges;
    private final EntityIds ids;
    private final List<String> admitted;
    private final OriginatorPlace places;
    private final Consultations consultations;
    private final AccessMemory memory = new AccessMemory();
    private final Grants grants = new Grants(memory);
    private final LocalTokens localTokens = new LocalTokens(memory);
    private final Proofs proofs;
    private final PolicyIndex policyIndex;
    private final AnnouncedResources announced;
    private final SubscribedNodes subscribedNodes;

    public AccessControl(CseSettings settings, RegistrationView registrations, TargetResolver resolver) {
        this.identity = settings.identity();
        this.admitted = settings.cseIds();
        this.registrations = registrations;
        this.resolver = resolver;
        this.ids = new EntityIds(identity);
        this.announced = new AnnouncedResources(ids, registrations);
        this.places = new OriginatorPlace(registrations, settings.access().country());
        this.privileges = new Privileges(ids, places, new GroupMembership(identity, registrations, resolver));
        this.consultations = new Consultations(resolver);
        this.subscribedNodes = new SubscribedNodes(ids, resolver);
        this.policyIndex = new PolicyIndex(resolver, ids);
        this.proofs = new Proofs(ids, resolver, new Tokens(ids, resolver, keys(settings.access())), localTokens,
                settings.access().roleIssuers());
    }

    private Map<String, TokenKey> keys(AccessSettings settings) {
        Map<String, TokenKey> keys = new HashMap<>();
        settings.tokenKeys().forEach((issuer, key) -> keys.put(ids.shorten(issuer).map(ids::absolute).orElse(issuer), key));
        return keys;
    }

    public void require(ResourceReader reader, RequestContext context, Resource target, Operation operation) {
        refuseToAe(context.originator(), target.type(), operation);
        if (!permits(reader, context, target, operation.accessControlBit())) {
            throw denied(reader, context, target, operation);
        }
    }

    /** The refusal of an operation for which {@link #permits} has said no. */
    public AccessDenied denied(ResourceReader reader, RequestContext context, Resource target, Operation operation) {
        return new AccessDenied(context.originator() + " has no privilege to " + operation + " " + describe(target), target,
                guarded(reader, target), operation.accessControlBit(), Optional.empty());
    }

    public void requireCreate(ResourceReader reader, RequestContext context, Resource parent, int childType) {
        refuseToAe(context.originator(), childType, Operation.CREATE);
        boolean handedOver = childType == AggregatedRequests.TYPE && parent.type() == ResourceTypes.CSE_BASE;
        if (!handedOver && !permits(reader, context, context.originator(), parent, Operation.CREATE.accessControlBit(),
                Optional.of(childType))) {
            throw new AccessDenied(context.originator() + " has no privilege to CREATE below " + describe(parent), parent,
                    guarded(reader, parent), Operation.CREATE.accessControlBit(), Optional.of(childType));
        }
    }

    /**
     * What is a matter between CSEs, whatever policies say: deliveries (TS-0001 9.6.11), which any CSE that is known here may
     * hand over, and the change of a CSE's registration.
     */
    private void refuseToAe(String originator, int type, Operation operation) {
        boolean registration = type == ResourceTypes.REMOTE_CSE
                && (operation == Operation.UPDATE || operation == Operation.DELETE);
        if ((type == AggregatedRequests.TYPE || registration) && EntityIds.isAe(originator) && !mighty(originator)) {
            throw Refusals.notAllowed(originator + " is an AE and has no part in "
                    + (registration ? "the registration of a CSE" : "a <delivery>, which is between CSEs"));
        }
    }

    /** A CSE registers if the configuration admits it: there is no policy for that (TS-0001 10.2.2.1). */
    public void requireAdmitted(String cseId) {
        if (EntityIds.isAe(cseId) && !mighty(cseId)) {
            throw Refusals.notAllowed(cseId + " is an AE and can't register as a CSE");
        }
        if (!mighty(cseId) && !Wildcard.admits(admitted, cseId)) {
            throw Refusals.noPrivilege(cseId + " may not register here");
        }
    }

    /**
     * The right to change {@code acpi}, and {@code daci}, which says who grants what policies deny: UPDATE in {@code pvs} of
     * the policies that are in force now.
     */
    public void requirePolicyChange(ResourceReader reader, RequestContext context, Resource target) {
        if (mighty(context.originator())) {
            return;
        }
        boolean host = AnnouncedResources.isAnnounced(target, ids) && announced.decide(target, context.originator(),
                Operation.UPDATE.accessControlBit(), Optional.empty()).orElse(false);
        if (host) {
            return;
        }
        List<Resource> policies = policies(reader, target);
        boolean permitted = policies.isEmpty() ? owns(context.originator(), target)
                : policies.stream().anyMatch(policy -> privileges.permit(policyIndex.selfPrivileges(policy), question(reader,
                        context, context.originator(), target, Operation.UPDATE.accessControlBit(), Optional.empty())));
        if (!permitted) {
            throw Refusals.noPrivilege(context.originator() + " may not change who decides on access to "
                    + describe(target));
        }
    }

    public boolean permits(ResourceReader reader, RequestContext context, Resource target, int bit) {
        return permits(reader, context, context.originator(), target, bit, Optional.empty());
    }

    /** The same for another entity than the originator, such as the creator of a subscription. */
    public boolean permits(ResourceReader reader, RequestContext context, String originator, Resource target, int bit,
            Optional<Integer> childType) {
        if (mighty(originator)) {
            return true;
        }
        if (target.type() == ResourceTypes.CSE_BASE && bit == Operation.RETRIEVE.accessControlBit() && registered(originator)) {
            return true;
        }
        if (target.type() == ResourceTypes.POLLING_CHANNEL || childType.filter(type -> type
                == ResourceTypes.POLLING_CHANNEL).isPresent()) {
            return polls(reader, target, originator);
        }
        boolean reads = bit == Operation.RETRIEVE.accessControlBit() || bit == Privileges.DISCOVERY;
        if (reads && subscribedNodes.isOpenTo(reader, target, originator)) {
            return true;
        }
        if (AnnouncedAe.isStem(target, identity)) {
            boolean open = AnnouncedAe.isOpenTo(target, originator, bit);
            boolean change = bit == Operation.UPDATE.accessControlBit() || bit == Operation.DELETE.accessControlBit();
            if (open || change) {
                return open;
            }
        }
        Optional<Boolean> decided = announced.decide(target, originator, bit, childType);
        if (decided.isPresent()) {
            return decided.get();
        }
        AccessQuestion question = question(reader, context, originator, target, bit, childType);
        Resource guarded = target.type() == ResourceTypes.ACCESS_CONTROL_POLICY ? target : guarded(reader, target);
        if (guarded.type() == ResourceTypes.ACCESS_CONTROL_POLICY) {
            return privileges.permit(policyIndex.selfPrivileges(guarded), question);
        }
        return permittedByPolicies(question, guarded) || granted(question, guarded);
    }

    /** A polling channel is for the AE or CSE of its parent alone (TS-0001 9.6.21). */
    private static boolean polls(ResourceReader reader, Resource target, String originator) {
        Optional<Resource> parent = target.type() == ResourceTypes.POLLING_CHANNEL ? reader.byId(target.parentId())
                : Optional.of(target);
        return parent.map(owner -> owner.type() == ResourceTypes.REMOTE_CSE ? owner.text("csi").orElse("") : owner.id())
                .filter(originator::equals).isPresent();
    }

    private AccessQuestion question(ResourceReader reader, RequestContext context, String originator, Resource target, int bit,
            Optional<Integer> childType) {
        return new AccessQuestion(reader, context, originator, ids.absolute(originator), target, bit, childType);
    }

    private boolean permittedByPolicies(AccessQuestion question, Resource guarded) {
        List<Resource> policies = policies(question.reader(), guarded);
        if (policies.isEmpty()) {
            return owns(question.originator(), guarded);
        }
        for (Resource policy : policies) {
            if (privileges.permit(policyIndex.privileges(policy), question)) {
                return true;
            }
        }
        return false;
    }

    /** What tokens of the request, or a consultation not long ago, grant beyond the policies. */
    private boolean granted(AccessQuestion question, Resource guarded) {
        if (question.isOfSender()) {
            for (TokenPermission permission : question.context().entitlements().permissions()) {
                boolean meant = permission.resourceIds().contains(guarded.id())
                        || permission.resourceIds().contains(question.target().id());
                if (meant && privileges.permit(permission.rules(), question)) {
                    return true;
                }
            }
        }
        List<Grants.Grant> kept = grants.of(guarded, question.context().now());
        if (kept.isEmpty()) {
            return false;
        }
        List<String> enabled = consultations.enabled(question.reader(), question.target(), question.context().now()).stream()
                .map(Resource::id).toList();
        return kept.stream().anyMatch(grant -> enabled.contains(grant.consultation())
                && privileges.permit(grant.rules(), question));
    }

    private boolean mighty(String originator) {
        return originator.equals(identity.administrator()) || originator.equals(identity.cseId());
    }

    private boolean registered(String originator) {
        return registrations.ae(originator).isPresent() || registrations.cse(originator).isPresent()
                || registrations.registrar().filter(originator::equals).isPresent();
    }

    /** The resource itself if its type has {@code acpi}, else the nearest ancestor that has, or that is a policy. */
    private static Resource guarded(ResourceReader reader, Resource target) {
        Resource guarded = target;
        while (guarded.type() != ResourceTypes.ACCESS_CONTROL_POLICY && !hasPolicies(guarded) && !guarded.parentId().isEmpty()) {
            String parentId = guarded.parentId();
            guarded = reader.byId(parentId).orElseThrow(() -> Refusals.notFound("the parent " + parentId + " is gone"));
        }
        return guarded;
    }

    private static boolean hasPolicies(Resource resource) {
        return ResourceTypes.ofMember(resource.memberName()).map(type -> type.hasAttribute("acpi")).orElse(false);
    }

    private List<Resource> policies(ResourceReader reader, Resource guarded) {
        return policyIndex.policies(reader, guarded);
    }

    private Optional<Resource> policy(ResourceReader reader, String id) {
        return policyIndex.policy(reader, id);
    }

    /**
     * Refuses {@code acpi} or {@code macp} that names no policy; one at another CSE can't be looked at and is taken as it is.
     */
    public void checkPolicies(ResourceReader reader, Attributes attributes, String name) {
        for (String id : attributes.texts(name)) {
            Address address = Address.parse(id);
            if (!resolver.isTransit(address) && policy(reader, id).isEmpty()) {
                throw Refusals.badRequest(name + " names no accessControlPolicy: " + id);
            }
        }
    }

    /** Refuses {@code daci} that names no consultation. */
    public void checkConsultations(ResourceReader reader, List<String> consultationIds) {
        consultations.check(reader, consultationIds);
    }

    /**
     * Whether resources with the same policies and owner have the same decision: not where something is granted for single
     * resources, nor where rules are for some attributes only.
     */
    public boolean decidesByPoliciesAlone(RequestContext context, Resource resource) {
        boolean subscription = resource.type() == ResourceTypes.SERVICE_SUBSCRIBED_NODE
                || resource.type() == ResourceTypes.SERVICE_SUBSCRIBED_APP_RULE;
        return !subscription && context.entitlements().permissions().isEmpty() && grants.isEmpty()
                && !policyIndex.hasRulesForAttributes();
    }

    /** The Role-IDs that the policies of a resource know, for whoever may give one of them. */
    List<String> rolesNamed(ResourceReader reader, Resource guarded) {
        return policies(reader, guarded).stream().flatMap(policy -> policyIndex.privileges(policy).stream())
                .flatMap(rule -> rule.originators().stream()).filter(RuleOriginator::isRole).map(RuleOriginator::text)
                .distinct().toList();
    }

    /** Where the originator of the request is, if that is known. */
    Optional<OriginatorPlace.Coordinates> place(ResourceReader reader, RequestContext context, Resource target) {
        return places.coordinates(question(reader, context, context.originator(), target, 0, Optional.empty()));
    }

    Proofs proofs() {
        return proofs;
    }

    /** Takes up what dynamic authorization gave in earlier runs, and keeps what it gives from now on. */
    public void load(ResourceStore store, Instant now) {
        memory.open(store);
        grants.load(ids, now);
        localTokens.load();
    }

    LocalTokens localTokens() {
        return localTokens;
    }

    Grants grants() {
        return grants;
    }

    Consultations consultations() {
        return consultations;
    }

    private boolean owns(String originator, Resource guarded) {
        String owner = guarded.text("cstn").orElse(guarded.creator());
        return ids.absolute(owner).equals(ids.absolute(originator));
    }

    public CseIdentity identity() {
        return identity;
    }

    private static String describe(Resource resource) {
        return resource.memberName() + " " + resource.id();
    }
}
