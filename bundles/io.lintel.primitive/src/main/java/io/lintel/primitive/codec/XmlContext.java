// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive.codec;

import io.lintel.primitive.AttributeDefinition;
import io.lintel.primitive.ResourceType;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.internal.DataType;
import io.lintel.primitive.internal.DataTypes;
import io.lintel.primitive.internal.Member;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the tables say about the inside of an element: a resource's representation, a value of a complex type, or
 * something unknown. Reader and writer ask the same questions here, so that what one writes the other understands.
 */
final class XmlContext {
    /** Types whose members are content elements, such as {@code m2m:cnt} in {@code pc}. */
    private static final Set<String> CONTENT_HOLDERS =
            Set.of("m2m:primitiveContent", "m2m:representation", "m2m:resourceWrapper");
    private static final XmlContext UNKNOWN = new XmlContext(Optional.empty(), Optional.empty());
    private static final Member CHILD_REFERENCES =
            new Member("ch", DataTypes.of("m2m:childResourceRef"), Member.Kind.REPEATED, false, Member.Place.ELEMENT);

    private final Optional<ResourceType> resource;
    private final Optional<DataType> type;

    private XmlContext(Optional<ResourceType> resource, Optional<DataType> type) {
        this.resource = resource;
        this.type = type;
    }

    /** What is inside an element of this content. */
    record Inside(Member member, XmlContext context) {
    }

    static XmlContext of(DataType type) {
        return type.shape() == DataType.Shape.OBJECT ? new XmlContext(Optional.empty(), Optional.of(type)) : UNKNOWN;
    }

    /** The inside of a document: its root is a content element. */
    static XmlContext document() {
        return of(DataTypes.of("m2m:primitiveContent"));
    }

    boolean isResource() {
        return resource.isPresent();
    }

    boolean holdsContent() {
        return type.filter(t -> CONTENT_HOLDERS.contains(t.name())).isPresent();
    }

    /** The members that the tables know, in the order of the schemas. */
    List<String> order() {
        List<String> names = new ArrayList<>();
        resource.ifPresent(r -> r.attributes().stream().map(AttributeDefinition::shortName).forEach(names::add));
        type.ifPresent(t -> t.members().forEach(m -> names.add(m.name())));
        return names;
    }

    /** The members that are XML attributes. */
    Optional<Member> xmlAttribute(String name) {
        if (isResource()) {
            return name.equals("rn") ? known(name) : Optional.empty();
        }
        return type.flatMap(t -> t.member(name)).filter(m -> m.place() == Member.Place.XML_ATTRIBUTE);
    }

    /** The member that is the text of the element itself. */
    Optional<Member> textMember() {
        return type.flatMap(t -> t.members().stream().filter(m -> m.place() == Member.Place.TEXT).findFirst());
    }

    /** Whether an empty element means null: an attribute of a resource that may be deleted. */
    boolean emptyMeansNull(Member member) {
        return !member.mandatory() && (isResource() || type.isEmpty());
    }

    /** The member that a child element stands for, by the name that JSON would give it. */
    Inside child(XmlElement element) {
        String prefix = element.prefix();
        String local = element.localName();
        if (!prefix.isEmpty() && !prefix.equals(XmlNames.PREFIX)) {
            return child(prefix + ":" + local);
        }
        boolean written = !prefix.isEmpty();
        Optional<Inside> plain = known(local).map(member -> new Inside(member, of(member.type())));
        if (!written && plain.isPresent()) {
            return plain.get();
        }
        String qualified = XmlNames.PREFIX + ":" + local;
        boolean mayBeContent = written || element.isQualified() || holdsContent() || known(qualified).isPresent();
        Optional<Inside> content = mayBeContent ? content(qualified) : Optional.empty();
        return content.or(() -> plain).orElseGet(() -> unknown(written ? qualified : local));
    }

    /** The member of this name, with its prefix if it has one. */
    Inside child(String name) {
        return known(name).map(member -> new Inside(member, of(member.type()))).or(() -> content(name))
                .orElseGet(() -> unknown(name));
    }

    private Optional<Member> known(String name) {
        if (isResource()) {
            Optional<Member> attribute = resource.get().attribute(name).map(Member::of);
            return attribute.isEmpty() && name.equals("ch") ? Optional.of(CHILD_REFERENCES) : attribute;
        }
        return type.flatMap(t -> t.member(name));
    }

    /** A content element: a resource, also of a foreign domain, or one of the table's elements. */
    private Optional<Inside> content(String name) {
        Optional<Member> own = type.flatMap(t -> t.member(name));
        if (own.isPresent()) {
            return own.map(member -> new Inside(member, of(member.type())));
        }
        Optional<Member> element = DataTypes.element(name);
        if (element.isPresent()) {
            return element.map(member -> new Inside(member, of(member.type())));
        }
        int colon = name.indexOf(':');
        Optional<ResourceType> found = ResourceTypes.ofMember(name);
        if (found.isEmpty() && colon > 0 && !name.startsWith("m2m:") && this != UNKNOWN) {
            found = ResourceTypes.ofNumber(ResourceTypes.FLEX_CONTAINER);
        }
        return found.map(r -> new Inside(member(name), new XmlContext(Optional.of(r), Optional.empty())));
    }

    private Inside unknown(String name) {
        return new Inside(name.indexOf(':') > 0 ? member(name) : Member.unknown(name), UNKNOWN);
    }

    /** Child resources stand in lists inside their parent, alone inside content. */
    private Member member(String name) {
        Member.Kind kind = isResource() ? Member.Kind.REPEATED : Member.Kind.SINGLE;
        return new Member(name, DataTypes.UNKNOWN, kind, false, Member.Place.ELEMENT);
    }
}
