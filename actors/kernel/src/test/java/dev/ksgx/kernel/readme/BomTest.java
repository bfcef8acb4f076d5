package dev.ksgx.kernel.readme;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/** Embedders get the versions that ksgx is tested with. */
class BomTest {
  private static final Path ROOT = Path.of(System.getProperty("ksgx.root", "../.."));

  private static Element pom(String path) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(ROOT.resolve(path).toFile())
        .getDocumentElement();
  }

  private static Element child(Element parent, String name) {
    for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node instanceof Element element && element.getTagName().equals(name)) {
        return element;
      }
    }
    return null;
  }

  private static String text(Element parent, String name) {
    Element found = child(parent, name);
    return found == null ? "" : found.getTextContent().strip();
  }

  /** Managed versions by group and artefact, properties resolved. */
  private static Map<String, String> managed(Element pom) {
    Map<String, String> properties = new LinkedHashMap<>();
    NodeList entries = child(pom, "properties").getChildNodes();
    for (int i = 0; i < entries.getLength(); i++) {
      if (entries.item(i) instanceof Element property) {
        properties.put(property.getTagName(), property.getTextContent().strip());
      }
    }
    properties.put("project.version", text(pom, "version"));
    Map<String, String> versions = new LinkedHashMap<>();
    Element management = child(child(pom, "dependencyManagement"), "dependencies");
    NodeList dependencies = management.getElementsByTagName("dependency");
    for (int i = 0; i < dependencies.getLength(); i++) {
      Element dependency = (Element) dependencies.item(i);
      String key = text(dependency, "groupId") + ":" + text(dependency, "artifactId");
      versions.put(resolve(key, properties), resolve(text(dependency, "version"), properties));
    }
    return versions;
  }

  private static String resolve(String text, Map<String, String> properties) {
    String resolved = text;
    for (Map.Entry<String, String> property : properties.entrySet()) {
      resolved = resolved.replace("${" + property.getKey() + "}", property.getValue());
    }
    return resolved;
  }

  @Test
  void eachVersionOfTheBomIsTheParents() throws Exception {
    Map<String, String> parent = managed(pom("pom.xml"));
    Map<String, String> bom = managed(pom("actors/bom/pom.xml"));
    // the parent pins Akka by its typed module, the others come with it
    String akka = parent.get("com.typesafe.akka:akka-actor-typed_2.13");
    parent.put("com.typesafe.akka:akka-actor_2.13", akka);
    parent.put("com.typesafe.akka:akka-slf4j_2.13", akka);
    assertThat(bom).isNotEmpty();
    bom.forEach((artefact, version) -> assertThat(parent).containsEntry(artefact, version));
  }

  @Test
  void everyLibraryOfTheHouseAndWhatItRunsWithIsInTheBom() throws Exception {
    Set<String> needed = new TreeSet<>();
    for (String module :
        new String[] {"hardware", "protocol", "actors/runtime", "actors/kernel", "actors/load"}) {
      Element pom = pom(module + "/pom.xml");
      needed.add("dev.ksgx:" + text(pom, "artifactId"));
      Element dependencies = child(pom, "dependencies");
      NodeList all = dependencies == null ? null : dependencies.getElementsByTagName("dependency");
      for (int i = 0; all != null && i < all.getLength(); i++) {
        Element dependency = (Element) all.item(i);
        boolean runs =
            text(dependency, "scope").isEmpty() && text(dependency, "optional").isEmpty();
        if (runs && module.matches("hardware|protocol|actors/runtime|actors/kernel")) {
          needed.add(
              (text(dependency, "groupId") + ":" + text(dependency, "artifactId"))
                  .replace("${scala.binary.version}", "2.13"));
        }
      }
    }
    assertThat(managed(pom("actors/bom/pom.xml")).keySet()).containsAll(needed);
  }

  @Test
  void theReadmeNamesTheVersionThatIsBuilt() throws Exception {
    String version = text(pom("actors/bom/pom.xml"), "version");
    assertThat(text(child(pom("actors/kernel/pom.xml"), "parent"), "version")).isEqualTo(version);
    assertThat(java.nio.file.Files.readString(ROOT.resolve("actors/kernel/README.md")))
        .contains("<artifactId>ksgx-bom</artifactId>\n      <version>" + version + "</version>");
  }
}
