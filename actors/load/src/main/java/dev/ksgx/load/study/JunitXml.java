package dev.ksgx.load.study;

import java.io.StringWriter;
import java.util.List;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** Verdicts in the XML that build servers read: a test case for each assertion at each point. */
public final class JunitXml {
  private JunitXml() {}

  /** The whole file. */
  public static String of(List<Assertion.Verdict> verdicts) {
    StringWriter text = new StringWriter();
    try {
      XMLStreamWriter xml = XMLOutputFactory.newInstance().createXMLStreamWriter(text);
      xml.writeStartDocument("UTF-8", "1.0");
      xml.writeCharacters("\n");
      xml.writeStartElement("testsuite");
      xml.writeAttribute("name", "ksgx compare");
      xml.writeAttribute("tests", String.valueOf(verdicts.size()));
      long failures = verdicts.stream().filter(verdict -> !verdict.holds()).count();
      xml.writeAttribute("failures", String.valueOf(failures));
      for (Assertion.Verdict verdict : verdicts) {
        xml.writeCharacters("\n  ");
        testCase(xml, verdict);
      }
      xml.writeCharacters("\n");
      xml.writeEndElement();
      xml.writeEndDocument();
      xml.flush();
    } catch (XMLStreamException e) {
      throw new IllegalStateException("a string takes all that is written", e);
    }
    return text + "\n";
  }

  /** Names of files may hold what XML 1.0 has no way to write. */
  private static String legal(String text) {
    return text.replaceAll(
        "[^\\t\\n\\r\\x20-\\uD7FF\\uE000-\\uFFFD\\x{10000}-\\x{10FFFF}]", "\uFFFD");
  }

  private static void testCase(XMLStreamWriter xml, Assertion.Verdict verdict)
      throws XMLStreamException {
    StringBuilder name = new StringBuilder(verdict.assertion().text());
    verdict
        .point()
        .at()
        .forEach((axis, at) -> name.append(' ').append(axis).append('=').append(at));
    xml.writeStartElement("testcase");
    xml.writeAttribute("classname", legal(verdict.point().design()));
    xml.writeAttribute("name", legal(name.toString()));
    if (!verdict.holds()) {
      xml.writeEmptyElement("failure");
      xml.writeAttribute("message", legal(verdict.message()));
    }
    xml.writeEndElement();
  }
}
