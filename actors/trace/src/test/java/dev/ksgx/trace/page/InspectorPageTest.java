package dev.ksgx.trace.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ksgx.trace.export.Selection;
import dev.ksgx.trace.query.Messages;
import dev.ksgx.trace.query.Request;
import dev.ksgx.trace.query.Requests;
import dev.ksgx.trace.record.TraceOptions;
import dev.ksgx.trace.record.TraceRecorder;
import dev.ksgx.trace.scenario.Yard;
import dev.ksgx.trace.store.Progress;
import dev.ksgx.trace.store.TraceStore;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is in a page. */
class InspectorPageTest {
  @TempDir Path folder;
  private final ObjectMapper json = new ObjectMapper();
  private TraceStore store;

  @BeforeEach
  void recordAndOpen() throws Exception {
    Path file = folder.resolve("yard.trace");
    Yard.record(file, TraceOptions.everything());
    store = TraceStore.open(file, Progress.NONE);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private static String data(String page) {
    String begin = "<script type=\"application/json\" id=\"trace\">";
    int at = page.indexOf(begin) + begin.length();
    return page.substring(at, page.indexOf("</script>", at));
  }

  private JsonNode scene(Scene scene) throws IOException {
    return json.readTree(data(InspectorPage.html(store, scene)));
  }

  private Scene launch(long number) {
    return Scene.of(List.of(new Requests(store).numbered(number).orElseThrow()));
  }

  private static List<Long> ids(JsonNode scene) {
    List<Long> ids = new ArrayList<>();
    long id = 0;
    for (JsonNode difference : scene.at("/messages/id")) {
      ids.add(id += difference.asLong());
    }
    return ids;
  }

  @Test
  void aPieceOfTimeHasTheLaunchesThatAreUnderWay() throws IOException {
    Path cut = folder.resolve("cut.trace");
    Yard.record(cut, TraceOptions.everything(), 105_000);
    try (TraceStore store = TraceStore.open(cut, Progress.NONE)) {
      Scene scene = Scene.of(store, new Selection(null, 90_000L, null));
      JsonNode requests = json.readTree(data(InspectorPage.html(store, scene))).get("requests");
      List<String> told = new ArrayList<>();
      for (JsonNode request : requests) {
        told.add(request.get("name").asText() + (request.path("underWay").asBoolean() ? " *" : ""));
      }
      assertThat(told).containsExactly("launch 3", "launch 2 *", "launch 1");
      assertThat(requests.get(1).get("ended").asLong()).isEqualTo(105_000);
      assertThat(requests.get(1).get("path").size()).isPositive();
      assertThat(requests.get(2).has("path")).as("it was over before").isFalse();
    }
  }

  @Test
  void theSameTraceGivesTheSamePage() {
    String page = InspectorPage.html(store, launch(2));
    assertThat(page).isEqualTo(InspectorPage.html(store, launch(2)));
    assertThat(page).startsWith("<!doctype html>").contains("<title>launch 2 · trace</title>");
    assertThat(page).doesNotContain("{{");
  }

  @Test
  void aLaunchComesWithItsMessagesAndTheirCausesBackToTheRoots() throws IOException {
    JsonNode scene = scene(launch(2));
    Messages messages = new Messages(store);
    List<Long> expected =
        messages.ofRequest(102).stream()
            .flatMap(message -> messages.causes(message.id()).stream())
            .distinct()
            .sorted()
            .toList();
    assertThat(ids(scene)).isEqualTo(expected);
    int own = 0;
    for (JsonNode context : scene.at("/messages/context")) {
      own += 1 - context.asInt();
    }
    assertThat(own).isEqualTo(messages.ofRequest(102).size());
  }

  @Test
  void aLaunchComesWithTheHoldsOfThoseItWaitedFor() throws IOException {
    JsonNode holds = scene(launch(3)).get("holds");
    List<String> told = new ArrayList<>();
    for (int i = 0; i < holds.get("task").size(); i++) {
      told.add(holds.get("task").get(i) + " " + holds.get("start").get(i));
    }
    // The desk from 15 us on: ship 1 until 30, ship 2 until 60, then ship 3.
    assertThat(told).contains("1 0", "2 30000", "3 60000");
  }

  @Test
  void aPieceOfTimeHasEveryMessageInIt() throws IOException {
    JsonNode scene = scene(Scene.of(store, new Selection(null, 30_000L, 60_000L)));
    List<Long> own = new ArrayList<>();
    List<Long> ids = ids(scene);
    for (int i = 0; i < ids.size(); i++) {
      if (scene.at("/messages/context").get(i).asInt() == 0) {
        own.add(ids.get(i));
      }
    }
    assertThat(own).containsExactly(16L, 17L, 18L, 19L, 20L, 21L, 22L, 23L, 24L, 25L);
    assertThat(scene.get("requests")).hasSizeGreaterThanOrEqualTo(3);
  }

  @Test
  void aSelectedRequestIsThatRequest() {
    assertThat(Scene.of(store, new Selection(102L, null, null)).requests())
        .extracting(Request::name)
        .containsExactly("launch 2");
    assertThatThrownBy(() -> Scene.of(store, new Selection(4711L, null, null)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("request 4711 neither ended nor has a name in this trace");
  }

  @Test
  void moreThanAPageCanShowIsRefused() {
    assertThatThrownBy(() -> SceneJson.of(store, Scene.of(store, Selection.ALL), 36))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("more than the 36 messages a page can show");
  }

  @Test
  void numbersBeyondDoublesAndTextThatLooksLikeMarkupSurvive() throws Exception {
    store.close();
    Path database = folder.resolve("yard.trace.sqlite");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        Statement statement = connection.createStatement()) {
      statement.execute("update type set name = '</script><!--{{style}}' where name like '%Load'");
      statement.execute(
          "update message set fields = '{\"ship\":[1,9223372036854775807],\"b\":-2}' where id = 11");
      statement.execute("update message set request = 9007199254740993 where id = 5");
    }
    store = TraceStore.open(database, Progress.NONE);
    String page = InspectorPage.html(store, Scene.of(store, Selection.ALL));
    assertThat(page.split("</script>", -1)).hasSize(4);
    JsonNode scene = json.readTree(data(page));
    assertThat(scene.get("types").toString()).contains("</script><!--{{style}}");
    assertThat(scene.at("/messages/values").toString()).contains("1,\"9223372036854775807\",-2");
    assertThat(scene.at("/messages/shapes").toString()).contains("[\"ship\",\"ship\",\"b\"]");
    assertThat(scene.get("requests").findValuesAsText("id")).contains("9007199254740993");
  }

  @Test
  void aTraceWithoutMessagesOrRequestsIsAPageToo() throws IOException, SQLException {
    Path file = folder.resolve("empty.trace");
    TraceRecorder.to(file, TraceOptions.everything()).close();
    try (TraceStore empty = TraceStore.open(file, Progress.NONE)) {
      String page = InspectorPage.html(empty, Scene.of(empty, Selection.ALL));
      assertThat(json.readTree(data(page)).at("/messages/id")).isEmpty();
    }
  }
}
